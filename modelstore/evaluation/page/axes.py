"""Where shares lie on a plot, in the units of its viewBox."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Axes:
    """lowest: the share at the foot of the vertical axis."""

    left: float = 66
    top: float = 14
    width: float = 354
    height: float = 250
    lowest: float = 0.0

    def x(self, share: float) -> float:
        return round(self.left + self.width * share, 1)

    def y(self, share: float) -> float:
        """What lies below the axis is drawn on it."""
        above = max(share - self.lowest, 0) / (1 - self.lowest)
        return round(self.top + self.height * (1 - above), 1)

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def foot(self) -> float:
        return self.top + self.height

    @property
    def middle(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.top + self.height / 2

    def across(self) -> list[Tick]:
        return [Tick(self.x(share), percent(share)) for share in _fifths(0.0)]

    def upwards(self) -> list[Tick]:
        return [Tick(self.y(share), percent(share)) for share in _fifths(self.lowest)]


def _fifths(lowest: float) -> list[float]:
    return [lowest + (1 - lowest) * fifth / 5 for fifth in range(6)]


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def path(points: Sequence[tuple[float, float]]) -> str:
    """For `points` of a polyline or polygon."""
    return " ".join(f"{x},{y}" for x, y in points)
