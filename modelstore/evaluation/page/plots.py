"""The two plots of a report: what stands where. The templates draw it, so that colours follow the page's."""

from collections.abc import Sequence
from dataclasses import dataclass

from modelstore.evaluation.page.axes import Axes, path
from modelstore.evaluation.precision import Point
from modelstore.evaluation.reliability import Reliability, Tenth

_GAP = 34
_TALLEST = 46
_LEAST = 1.5
WANTED = 0.95
_STEEP = 0.8


@dataclass(frozen=True)
class Column:
    """A tenth: where its answers lie, where they would lie were confidences what they say, and how many there are."""

    left: float
    middle: float
    width: float
    band_top: float
    band_height: float
    x: float
    y: float
    as_expected: bool
    bar_top: float
    bar_height: float
    answers: str


@dataclass(frozen=True)
class ReliabilityPlot:
    axes: Axes
    columns: Sequence[Column]
    floor: float
    height: float
    description: str


@dataclass(frozen=True)
class PrecisionPlot:
    """mark: where 95 % are right, or None; anchor: on which side of it its label stands."""

    axes: Axes
    curve: str
    band: str
    wanted: float
    mark: tuple[float, float] | None
    label: str
    anchor: str
    description: str
    height: float


def reliability_plot(found: Reliability) -> ReliabilityPlot:
    axes = Axes()
    floor = axes.foot + _GAP + _TALLEST + 34
    most = max(tenth.answers for tenth in found.tenths)
    columns = [_column(tenth, axes, floor, most) for tenth in found.tenths]
    return ReliabilityPlot(axes, columns, floor, floor + 26, _told(found))


def _column(tenth: Tenth, axes: Axes, floor: float, most: int) -> Column:
    top, tall = axes.y(tenth.expected_high), max(_TALLEST * tenth.answers / most, _LEAST)
    return Column(
        left=axes.x(tenth.start),
        middle=axes.x((tenth.start + tenth.end) / 2),
        width=round(axes.width * (tenth.end - tenth.start), 1),
        band_top=top,
        band_height=round(max(axes.y(tenth.expected_low) - top, _LEAST), 1),
        x=axes.x(tenth.confidence),
        y=axes.y(tenth.right),
        as_expected=tenth.as_expected,
        bar_top=round(floor - tall, 1),
        bar_height=round(tall, 1),
        answers=f"{tenth.answers:,}",
    )


def _told(found: Reliability) -> str:
    said = (f"{tenth.confidence:.0%} sure: {tenth.right:.0%} right of {tenth.answers}" for tenth in found.tenths)
    return "; ".join(said) + "."


def precision_plot(points: Sequence[Point], coverage: float | None) -> PrecisionPlot:
    """coverage: at 95 % precision, if that is known."""
    axes = Axes(lowest=_lowest(points), height=326)
    band = [(axes.x(point.coverage), axes.y(point.high)) for point in points]
    band += [(axes.x(point.coverage), axes.y(point.low)) for point in reversed(points)]
    mark = (axes.x(coverage), axes.y(WANTED)) if coverage else None
    return PrecisionPlot(
        axes=axes,
        curve=path([(axes.x(point.coverage), axes.y(point.precision)) for point in points]),
        band=path(band),
        wanted=axes.y(WANTED),
        mark=mark,
        label=f"{100 * coverage:.0f} % of answers" if coverage else "",
        anchor="end" if coverage and coverage > 0.5 else "start",
        description=_course(points),
        height=axes.foot + 54,
    )


def _lowest(points: Sequence[Point]) -> float:
    """The axis starts at 0, 50 or 80 %, below the curve."""
    least = min((point.precision for point in points), default=0.0)
    return next((start for start in (_STEEP, 0.5) if least > start), 0.0)


def _course(points: Sequence[Point]) -> str:
    shown = points[:: max(len(points) // 5, 1)]
    return "; ".join(f"{point.precision:.0%} right at {point.coverage:.0%} of answers" for point in shown) + "."
