"""Charts of bars, drawn by templates/admin/charts/bars.html with nothing but HTML and CSS.

They need no script and no other site, take their colours from the theme in light and dark, and keep their text
readable at any width. The same numbers stand in a table below, for whoever cannot see bars.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

MOST_LABELS = 4


@dataclass(frozen=True)
class Part:
    """A kind of thing that is counted. colour: the end of a class in static/staff/charts.css."""

    name: str
    colour: str
    values: Sequence[int]


@dataclass(frozen=True)
class Segment:
    """height and bottom in per cent of the chart."""

    part: Part
    value: int
    bottom: float
    height: float


@dataclass(frozen=True)
class Bar:
    """label: what it stands for; short: what of that is written below it; shown: whether there is room."""

    label: str
    short: str
    shown: bool
    segments: tuple[Segment, ...]

    @property
    def told(self) -> str:
        values = ", ".join(f"{segment.value:,} {segment.part.name}" for segment in self.segments)
        return f"{self.label}: {values}"


@dataclass(frozen=True)
class Line:
    """A level across the whole chart, such as a limit."""

    label: str
    value: int
    height: float


@dataclass(frozen=True)
class Bars:
    """levels: numbers of the grid with their heights; note: what the chart cannot show."""

    title: str
    parts: tuple[Part, ...]
    bars: tuple[Bar, ...]
    levels: tuple[tuple[int, float], ...]
    line: Line | None
    note: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(any(part.values) for part in self.parts)


def bars(
    title: str,
    labels: Sequence[str],
    parts: Sequence[Part],
    limit: tuple[str, int] | None = None,
    stacked: bool = True,
    short: Sequence[str] | None = None,
) -> Bars:
    """A bar for each label, its parts on top of each other; or, not stacked, the later in front of the earlier.

    limit: a level to draw across, and what to call it. short: labels that fit below a bar."""
    columns = list(zip(*(part.values for part in parts), strict=True))
    highest = max((sum(column) if stacked else max(column) for column in columns), default=0)
    # A limit far above everything would press all bars flat: then it is told in words.
    drawn = limit if limit and limit[1] <= 4 * highest else None
    top = _round_up(max(highest, drawn[1] if drawn else 0))
    step = -(-len(labels) // MOST_LABELS)
    made = tuple(
        Bar(label, below, (len(labels) - 1 - at) % step == 0, _segments(parts, column, top, stacked))
        for at, (label, below, column) in enumerate(zip(labels, short or labels, columns, strict=True))
    )
    levels = tuple((top * quarter // 4, 25.0 * quarter) for quarter in range(5))
    line = Line(drawn[0], drawn[1], 100 * drawn[1] / top) if drawn else None
    note = f"{limit[0]}: {limit[1]:,}, far above this chart." if limit and not drawn else ""
    return Bars(title, tuple(parts), made, levels, line, note)


def _segments(parts: Sequence[Part], column: Sequence[int], top: int, stacked: bool) -> tuple[Segment, ...]:
    below = [0, *accumulate(column)] if stacked else [0] * len(column)
    return tuple(
        Segment(part, value, 100 * bottom / top, 100 * value / top)
        for part, value, bottom in zip(parts, column, below, strict=False)
    )


def _round_up(value: int) -> int:
    """The smallest of 4, 8, 12, 20, 40, 80, 120, 200 and so on that is no less: a quarter of it is a whole number."""
    scale = 1
    while value > 20 * scale:
        scale *= 10
    return next(step * scale for step in (4, 8, 12, 20) if value <= step * scale)
