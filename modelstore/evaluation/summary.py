"""A report in figures and names: what the page shows, and what is downloaded as JSON, are the same."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from inference.manifest import Task
from modelstore.evaluation.confusions import Confusion, confusions, learnt_photos, twins, weak_skus
from modelstore.evaluation.estimates import Estimate, alone, estimates
from modelstore.evaluation.precision import Point, precision_curve
from modelstore.evaluation.reliability import Reliability, reliability
from modelstore.evaluation.report import Kind, Report
from modelstore.evaluation.tags import Tag, tag_figures


@dataclass(frozen=True)
class Measured:
    """kind: how the photos were kept from what was learnt; photos, products: what was asked about, products that are
    none of the SKUs among them; of_skus: products that are; strangers: products that are not, in the calibration."""

    kind: Kind
    photos: int
    products: int
    of_skus: int
    strangers: int


@dataclass(frozen=True)
class LearntFrom:
    """Numbers of photos."""

    reference: int
    negative: int
    shelf: int
    tagged: int = 0


@dataclass(frozen=True)
class Sku:
    """right of asked products were named rightly; photos: reference photos that were learnt from; facings: labels on
    shelf photos."""

    name: str
    asked: int
    right: int
    photos: int
    facings: int


@dataclass(frozen=True)
class NamedConfusion:
    """count of `of` products of one SKU were taken for another. pictures: names of the report's pictures, of what was
    answered wrongly; own, other: of one of each that was answered rightly."""

    sku: str
    taken_for: str
    count: int
    of: int
    pictures: tuple[str, ...]
    own: str
    other: str


@dataclass(frozen=True)
class Weak:
    name: str
    asked: int
    right: int
    photos: int
    advice: str


@dataclass(frozen=True)
class TwinPair:
    one: str
    other: str
    why: str


@dataclass(frozen=True)
class Summary:
    """figures: by name, with 95 % intervals; alone: top-1 of each encoder without the other; skus: or classes, or
    outcomes of tags."""

    release: str
    measured: Measured
    learnt_from: LearntFrom
    figures: Mapping[str, Estimate]
    alone: Mapping[str, Estimate]
    reliability: Reliability | None
    precision: tuple[Point, ...]
    confusions: tuple[NamedConfusion, ...]
    weak: tuple[Weak, ...]
    twins: tuple[TwinPair, ...]
    skus: tuple[Sku, ...]
    task: Task = "sku"
    tags: tuple[Tag, ...] = ()

    def dumps(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, allow_nan=False, indent=1).encode()


def summarised(report: Report, release: str) -> Summary:
    """release: its name."""
    return Summary(
        release,
        _measured(report),
        LearntFrom(*(_learnt(report, use) for use in ("reference", "negative", "shelf", "tagged"))),
        estimates(report),
        alone(report),
        reliability(report.calibration),
        precision_curve(report.answers),
        tuple(_confusion(report, found) for found in confusions(report)),
        tuple(Weak(report.skus[one.sku], one.asked, one.right, one.photos, one.advice) for one in weak_skus(report)),
        tuple(TwinPair(report.skus[pair.one], report.skus[pair.other], pair.why) for pair in twins(report)),
        _skus(report),
        report.task,
        tag_figures(report.answers, report.skus) if report.task == "multi_label" else (),
    )


def _measured(report: Report) -> Measured:
    given, judged = report.answers, report.calibration
    strangers = int((~judged.known).sum())
    return Measured(report.kind, len(set(given.photos)), len(given), int(given.known.sum()), strangers)


def _learnt(report: Report, use: str) -> int:
    return sum(learnt.use == use for learnt in report.learnt)


def _confusion(report: Report, found: Confusion) -> NamedConfusion:
    """Pictures that the report does not have are left out; "" for one."""
    wrong = [name for row in found.answers if (name := f"answer.{row}") in report.pictures]
    own, other = (name if (name := f"sku.{sku}") in report.pictures else "" for sku in (found.sku, found.taken_for))
    sku, taken_for = report.skus[found.sku], report.skus[found.taken_for]
    return NamedConfusion(sku, taken_for, found.count, found.of, tuple(wrong), own, other)


def _skus(report: Report) -> tuple[Sku, ...]:
    given = report.answers
    asked, right = Counter(given.truth.tolist()), Counter(given.truth[given.right].tolist())
    photos = learnt_photos(report)
    facings = Counter(box[4] for learnt in report.learnt for box in learnt.boxes)
    counted = ((name, asked[row], right[row], photos[name], facings[name]) for row, name in enumerate(report.skus))
    return tuple(Sku(*each) for each in counted)
