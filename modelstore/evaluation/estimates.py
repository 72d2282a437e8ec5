"""The figures of a report with 95 % intervals."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np

from modelstore.evaluation.answers import Answers, Calibration, Labels
from modelstore.evaluation.confidence import auroc, calibration_error, false_positives
from modelstore.evaluation.figure_names import is_told
from modelstore.evaluation.report import Report
from modelstore.evaluation.resampling import Measure, coverage, interval, share, units

SURE = 0.5
"""As in `figures`, which needs scikit-learn: too heavy for a page."""
_ALONE = "_alone"
_DEVIATIONS = 1.96
_KEPT_DIGITS = 0.005


@dataclass(frozen=True)
class Estimate:
    """low, high: None where the report does not keep what an interval would need."""

    value: float
    low: float | None = None
    high: float | None = None


def estimates(report: Report) -> dict[str, Estimate]:
    """By the names that the manifest's metrics have. What cannot be computed again is as it was recorded."""
    found = {name: Estimate(_rounded(number)) for name, number in report.metrics.items() if _is_figure(name, number)}
    for name, measure, unit in _measures(report):
        if not is_told(name, report.task, len(report.skus)):
            continue
        value = measure(np.ones(len(unit))) if len(unit) else float("nan")
        if isfinite(value):
            found[name] = _estimate(_borne_out(report.metrics.get(name), value), measure, unit)
    return found


def _borne_out(recorded: object, value: float) -> float:
    """What was recorded, if the answers say so: they are kept with three digits. An uploaded bundle may claim more."""
    return recorded if isinstance(recorded, float) and abs(recorded - value) <= _KEPT_DIGITS else value


def _estimate(value: float, measure: Measure, unit: Labels) -> Estimate:
    """Where all are right, every draw is as well: what so many could have missed is told by Wilson's interval."""
    low, high = interval(measure, unit)
    if low == high and value in (0, 1):
        low, high = _wilson(value, len(unit))
    return Estimate(*map(_rounded, (value, low, high)))


def alone(report: Report) -> dict[str, Estimate]:
    """Top-1 of each encoder without the other, by its name. An interval is known where each photo is one product."""
    asked = int(report.answers.known.sum()) if report.kind == "cross-validation" else 0
    return {
        name.removeprefix("top1_").removesuffix(_ALONE): _binomial(float(value), asked)
        for name, value in report.metrics.items()
        if name.endswith(_ALONE) and _is_share(value)
    }


def _is_figure(name: str, number: object) -> bool:
    """Counts are whole numbers; what an encoder reaches without the other stands apart."""
    return isinstance(number, float) and isfinite(number) and not name.endswith(_ALONE)


def _is_share(value: object) -> bool:
    return isinstance(value, float) and 0 <= value <= 1


def _binomial(value: float, asked: int) -> Estimate:
    return Estimate(_rounded(value), *_wilson(value, asked)) if asked else Estimate(_rounded(value))


def judged_units(report: Report) -> Labels:
    """Tags are those of the photos. Strangers are left-out SKUs and negatives of reference photos, each its own photo;
    on shelves, the answers."""
    given, judged = report.answers, report.calibration
    same = np.array_equal(given.surest, judged.confidences) and np.array_equal(given.right, judged.right)
    same = same or (report.task == "multi_label" and len(given) == len(judged.right))
    return units(given.photos) if same else np.arange(len(judged.right))


def _measures(report: Report) -> Iterator[tuple[str, Measure, Labels]]:
    for name, measure in _naming(report.answers):
        yield name, measure, units(report.answers.photos)
    for name, measure in _judging(report.calibration):
        yield name, measure, judged_units(report)


def _naming(given: Answers) -> Iterator[tuple[str, Measure]]:
    yield "top1", share(given.right, given.known)
    yield "top5", share(given.among_best, given.known)
    if given.known.any():
        yield "coverage_at_95_precision", coverage(given.surest, given.right)


def _judging(judged: Calibration) -> Iterator[tuple[str, Measure]]:
    sure = judged.confidences >= SURE
    yield "ece", calibration_error(judged)
    yield "known_kept_at_0.5", share(sure, judged.known)
    yield "unknown_rejected_at_0.5", share(~sure, ~judged.known)
    if judged.known.any() and not judged.known.all():
        yield "unknown_auroc", auroc(judged.confidences, judged.known)
        yield "unknown_fpr95", false_positives(judged.confidences, judged.known)


def _wilson(share_right: float, count: int) -> tuple[float, float]:
    z = _DEVIATIONS
    middle = (share_right + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * sqrt(share_right * (1 - share_right) / count + z * z / (4 * count**2))
    return _rounded(max(middle - half, 0)), _rounded(min(middle + half, 1))


def _rounded(value: float) -> float:
    return round(float(value), 4)
