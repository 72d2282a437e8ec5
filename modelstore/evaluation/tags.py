"""Answers of multi-label classifiers, as those of others: each tag of each photo is a question with two outcomes.

Their names are the tags, and behind these `no …` for each. So a missed tag is taken for its opposite, and everything
that is known of products and SKUs, intervals, comparisons and pictures, is known of photos and tags.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from modelstore.evaluation.answers import BEST, OTHER, Answers, Calibration, Flags, Floats, Labels
from modelstore.evaluation.confidence import auroc
from modelstore.evaluation.figure_names import MEAN_AUROC
from modelstore.evaluation.resampling import Measure, interval, share, units

SURE = 0.5


@dataclass(frozen=True)
class TagFigure:
    """low, high: the 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Tag:
    """having, lacking: photos with and without it. precision: of photos that are given the tag, the share that have it;
    recall: of those that have it, the share that are given it; None where there is none. auroc: how well its confidence
    tells one from the other."""

    name: str
    having: int
    lacking: int
    precision: TagFigure | None
    recall: TagFigure | None
    auroc: TagFigure | None


def outcomes(tags: Sequence[str]) -> tuple[str, ...]:
    """Row k + K is that the picture has not the tag of row k."""
    no = "no "
    while any(no + tag in tags for tag in tags):
        no += "no "
    return (*tags, *(no + tag for tag in tags))


def tag_answers(probabilities: Floats, marks: Flags, asked: Flags, photos: Sequence[str]) -> Answers:
    """All [N, K]: of each photo how sure each tag is, whether it has it, and whether that is known."""
    rows, tags = np.nonzero(asked)
    count, sure = marks.shape[1], np.asarray(probabilities[rows, tags], float)
    has = sure >= SURE
    best = np.full((len(rows), BEST), OTHER, np.int64)
    best[:, 0], best[:, 1] = np.where(has, tags, tags + count), np.where(has, tags + count, tags)
    confidences = np.zeros((len(rows), BEST), np.float32)
    confidences[:, 0], confidences[:, 1] = np.maximum(sure, 1 - sure), np.minimum(sure, 1 - sure)
    truth = np.where(marks[rows, tags], tags, tags + count)
    return Answers(tuple(photos[row] for row in rows.tolist()), tags, truth, best, confidences)


def tag_calibration(named: Answers) -> Calibration:
    """Of the tags themselves: is a tag with a confidence of 0.2 there once in five times?"""
    everything = np.ones(len(named), bool)
    return Calibration(_scores(named), _has(named), everything, everything.astype(float))


def tag_figures(named: Answers, names: Sequence[str]) -> tuple[Tag, ...]:
    """names: of the outcomes."""
    return tuple(_figures(_about(named, tag), name) for tag, name in enumerate(names[: len(names) // 2]))


def mean_auroc(named: Answers, tags: int) -> dict[str, float | int]:
    """Over the tags that some photos have and others have not."""
    parts = [_about(named, tag) for tag in range(tags)]
    found = [auroc(_scores(part), _has(part))(np.ones(len(part))) for part in parts if _is_mixed(part)]
    return {MEAN_AUROC: round(float(np.mean(found)), 4)} if found else {}


def _about(named: Answers, tag: int) -> Answers:
    return named.part(np.flatnonzero(named.places == tag))


def _has(named: Answers) -> Flags:
    """[N]: whether the photo has the tag that is asked about."""
    return np.asarray(named.truth == named.places)


def _is_mixed(part: Answers) -> bool:
    has = _has(part)
    return bool(has.any() and not has.all())


def _scores(named: Answers) -> Floats:
    """[N]: the confidence in the tag that is asked about."""
    first, second = (named.best[:, column] == named.places for column in (0, 1))
    return np.select([first, second], [named.surest, named.confidences[:, 1]], 1 - named.surest)


def _figures(part: Answers, name: str) -> Tag:
    has, given, unit = _has(part), np.asarray(part.best[:, 0] == part.places), units(part.photos)
    return Tag(
        name,
        int(has.sum()),
        int((~has).sum()),
        _measured(share(has, given), unit) if given.any() else None,
        _measured(share(given, has), unit) if has.any() else None,
        _measured(auroc(_scores(part), has), unit) if _is_mixed(part) else None,
    )


def _measured(measure: Measure, unit: Labels) -> TagFigure:
    low, high = interval(measure, unit)
    return TagFigure(*(round(float(value), 4) for value in (measure(np.ones(len(unit))), low, high)))
