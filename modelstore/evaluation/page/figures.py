"""What each figure is called, what it means, and how it is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from inference.manifest import Task
from modelstore.evaluation.estimates import Estimate
from modelstore.evaluation.figure_names import MEAN_AUROC
from modelstore.evaluation.summary import Summary
from modelstore.evaluation.tags import Tag, TagFigure

Unit = Literal["share", "number", "points"]


@dataclass(frozen=True)
class Meaning:
    title: str
    meaning: str
    unit: Unit = "share"


MEANINGS: Mapping[str, Meaning] = {
    "top1": Meaning("Top-1", "of the brand's products are named rightly at the first guess"),
    "top5": Meaning("Top-5", "have the right SKU among the first five guesses"),
    "coverage_at_95_precision": Meaning(
        "Coverage at 95 % precision", "of answers can be kept, the surest first, so that 95 % of them are right"
    ),
    "ece": Meaning("Calibration error (ECE)", "is how far confidence lies from the share that is right, on average"),
    "known_kept_at_0.5": Meaning("Kept at 0.5", "of the brand's products keep a name at the default threshold"),
    "unknown_rejected_at_0.5": Meaning("Unknown at 0.5", "of other products get no name at the default threshold"),
    "unknown_auroc": Meaning(
        "Unknown AUROC", "is how well confidence tells the brand's products from others: 1 always, 0.5 by chance",
        "number",
    ),
    "unknown_fpr95": Meaning("Unknown FPR95", "of other products pass where 95 % of the brand's do"),
    "detection_ap50": Meaning("Detection AP50", "is the average precision of boxes that overlap a product by half"),
    "detection_recall": Meaning("Detection recall", "of all products on the shelves are found"),
    "named_precision": Meaning("End-to-end precision", "of the names given on the shelves are right"),
    "named_recall": Meaning("End-to-end recall", "of the brand's products on the shelves are found and named rightly"),
    "sos_error_points": Meaning(
        "Share-of-shelf error", "is how far a SKU's share of a shelf is off, on average over SKUs and photos", "points"
    ),
}  # fmt: skip
_PICTURES: Mapping[str, Meaning] = dict(MEANINGS) | {
    "top1": Meaning("Top-1", "of the pictures are named rightly at the first guess"),
    "top5": Meaning("Top-5", "have the right class among the first five guesses"),
}
_TAGS: Mapping[str, Meaning] = dict(MEANINGS) | {
    "top1": Meaning("Decisions right", "of the tags of pictures are given, or left out, rightly at 0.5"),
    MEAN_AUROC: Meaning(
        "Mean AUROC", "is how well confidence tells pictures with a tag from those without: 1 always, 0.5 by chance",
        "number",
    ),
    "coverage_at_95_precision": Meaning(
        "Coverage at 95 % precision", "of decisions can be kept, the surest first, so that 95 % of them are right"
    ),
}  # fmt: skip
KEY_FIGURES = ("top1", "coverage_at_95_precision", "ece", "unknown_auroc", MEAN_AUROC)
_ENDINGS: Mapping[Unit, str] = {"share": "\u00a0%", "number": "", "points": "\u00a0points"}
_ENCODERS = {"dinov2": "DINOv2 alone", "open_clip": "CLIP alone"}


@dataclass(frozen=True)
class Row:
    """interval: "" where there is none."""

    title: str
    value: str
    interval: str
    meaning: str


def rows(summary: Summary) -> list[Row]:
    told = meanings(summary.task)
    return [row(meaning, summary.figures[name]) for name, meaning in told.items() if name in summary.figures]


def key_rows(summary: Summary) -> list[Row]:
    told = meanings(summary.task)
    return [row(told[name], summary.figures[name]) for name in KEY_FIGURES if name in told and name in summary.figures]


def meanings(task: Task) -> Mapping[str, Meaning]:
    return {"sku": MEANINGS, "single_label": _PICTURES, "multi_label": _TAGS}[task]


@dataclass(frozen=True)
class TagRow:
    """having, lacking: photos. Each figure with its interval, "" where it has none."""

    name: str
    having: int
    lacking: int
    figures: tuple[tuple[str, str, str], ...]


def tag_rows(summary: Summary) -> list[TagRow]:
    return [TagRow(tag.name, tag.having, tag.lacking, tuple(_tag_figures(tag))) for tag in summary.tags]


def _tag_figures(tag: Tag) -> Iterator[tuple[str, str, str]]:
    named: tuple[tuple[str, TagFigure | None, Unit], ...] = (
        ("precision", tag.precision, "share"), ("recall", tag.recall, "share"), ("AUROC", tag.auroc, "number"),
    )  # fmt: skip
    for name, figure, unit in named:
        within = figure and isfinite(figure.low) and isfinite(figure.high)
        yield (
            name,
            written(figure.value, unit) if figure else "",
            span(figure.low, figure.high, unit) if figure and within else "",
        )


def encoder_rows(summary: Summary) -> list[Row]:
    """One without the other, then both; none where that was not measured."""
    return list(_encoder_rows(summary)) if summary.alone else []


def _encoder_rows(summary: Summary) -> Iterator[Row]:
    for name, estimate in summary.alone.items():
        yield row(Meaning(_ENCODERS.get(name, f"{name} alone"), ""), estimate)
    if both := summary.figures.get("top1"):
        yield row(Meaning("Both together", ""), both)


def row(meaning: Meaning, estimate: Estimate) -> Row:
    within = "" if estimate.low is None or estimate.high is None else span(estimate.low, estimate.high, meaning.unit)
    return Row(meaning.title, written(estimate.value, meaning.unit), within, meaning.meaning)


def written(value: float, unit: Unit = "share") -> str:
    return bare(value, unit) + _ENDINGS[unit]


def span(low: float, high: float, unit: Unit = "share") -> str:
    return f"{bare(low, unit)} to {written(high, unit)}"


def bare(value: float, unit: Unit = "share") -> str:
    """Without the unit."""
    if unit == "number":
        return f"{value:.3f}"
    return f"{value:.2f}" if unit == "points" else _percent(value)


def _percent(value: float) -> str:
    """What is not quite all is not written as 100."""
    return f"{100 * value:.0f}" if value in (0, 1) else f"{min(100 * value, 99.9):.1f}"
