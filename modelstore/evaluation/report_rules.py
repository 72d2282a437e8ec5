"""What a report must be before anything is computed from it: it may come from an uploaded bundle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inference.manifest import CONTROL
from modelstore.evaluation.answers import BEST, OTHER
from modelstore.evaluation.fingerprints import LENGTH

if TYPE_CHECKING:
    from modelstore.evaluation.report import Learnt, Report

MOST_ANSWERS = 1_000_000
MOST_PHOTOS = 50_000
"""Each is compared with each when its page is drawn."""
_ROUNDING = 1e-3
_LEAST = 1e-6
"""Weights are near 1."""
_FIGURE = re.compile(r"[\w.@-]{1,80}", re.ASCII)


def broken_rules(
    report: Report, kinds: tuple[str, ...], uses: tuple[str, ...], tasks: tuple[str, ...]
) -> Iterator[str]:
    """In words; what is further down may only be looked at when nothing came before."""
    if report.kind not in kinds:
        yield f"it was measured by {str(report.kind)[:40]!r}, which this version does not know"
    if report.task not in tasks:
        yield f"it is of a task, {str(report.task)[:40]!r}, that this version does not know"
    yield from _broken_arrays(report)
    yield from _broken_names(report)
    if report.task == "multi_label" and not _are_outcomes(report):
        yield "its answers do not fit its tags"
    if max(len(report.learnt), len(report.asked)) > MOST_PHOTOS:
        yield f"it tells of more than {MOST_PHOTOS:,} photos"
    if not all(_is_labelled(photo, uses) for photo in (*report.learnt, *report.asked)):
        yield "a photo is labelled in a way that this version does not know"
    if report.fingerprints.shape != (len(report.learnt), LENGTH) or report.fingerprints.dtype != np.uint8:
        yield "its fingerprints do not fit what was learnt"


def _broken_names(report: Report) -> Iterator[str]:
    if not all(report.skus) or len(set(report.skus)) < len(report.skus):
        yield "a SKU has no name, or that of another"
    if any(map(CONTROL.search, report.skus)):
        yield "a SKU's name holds what nobody can write"
    if not all(map(_FIGURE.fullmatch, report.metrics)):
        yield "a figure has a name that is none"


def _broken_arrays(report: Report) -> Iterator[str]:
    given, judged, count = report.answers, report.calibration, len(report.answers)
    sound = given.best.shape == given.confidences.shape == (count, BEST)
    if not sound or {len(given.truth), len(given.places)} != {count} or len(set(map(len, vars(judged).values()))) != 1:
        yield "its arrays do not fit each other"
    elif max(count, len(judged.right)) > MOST_ANSWERS:
        yield f"it tells of more than {MOST_ANSWERS:,} answers"
    elif not _are_rows(given.truth, len(report.skus)) or not _are_rows(given.best, len(report.skus)):
        yield "it names SKUs that it does not list"
    elif (given.best[:, 0] == OTHER).any():
        yield "an answer names no SKU"
    elif not all(map(_are_shares, (given.confidences, judged.confidences))) or not _are_weights(judged.weights):
        yield "a confidence or a weight makes no sense"


def _are_outcomes(report: Report) -> bool:
    """As modelstore.evaluation.tags writes them."""
    given, (tags, odd) = report.answers, divmod(len(report.skus), 2)
    inside = not len(given) or bool(given.places.min() >= 0 and given.places.max() < tags)
    return not odd and inside and bool((given.truth % max(tags, 1) == given.places).all())


def _are_rows(rows: NDArray[Any], skus: int) -> bool:
    return not rows.size or bool(rows.min() >= OTHER and rows.max() < skus)


def _are_shares(values: NDArray[Any]) -> bool:
    return bool(((values >= -_ROUNDING) & (values <= 1 + _ROUNDING)).all())


def _are_weights(values: NDArray[Any]) -> bool:
    return bool(((values >= _LEAST) & (values <= 1 / _LEAST)).all())


def _is_labelled(photo: Learnt, uses: tuple[str, ...]) -> bool:
    named = [photo.sku, *(box[4] for box in photo.boxes)]
    return photo.use in uses and all(name is None or isinstance(name, str) for name in named)
