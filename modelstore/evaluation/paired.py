"""Two releases on the same products of the same photos: is one worse, or is it chance?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modelstore.evaluation.answers import OTHER, Answers, Flags, Labels
from modelstore.evaluation.report import Report
from modelstore.evaluation.resampling import coverage, interval, share, units

CHANCE = 0.05
"""One is called worse when chance alone would make it look so in one of twenty cases, or fewer."""
ENOUGH_PHOTOS = 10
"""Of fewer, each product counts for itself: photos could never show that one is worse."""
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Difference:
    """A figure of both; low, high: other - one, with so little outside on either side as `worse` and `better` allow."""

    one: float
    other: float
    low: float
    high: float
    worse: bool
    better: bool


@dataclass(frozen=True)
class Comparison:
    """photos, answers: products of SKUs that both know, on photos that both were asked about; nothing is worse or
    better without any. coverage: at 95 % precision, products that are none of either's SKUs among them.
    missing: SKUs that only `one` knows; added: those that only `other` does."""

    photos: int
    answers: int
    top1: Difference
    top5: Difference
    coverage: Difference
    missing: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Pairs:
    """[N] rows of the answers of either, to the same products; known: [N], whether of SKUs that both know."""

    one: Rows
    other: Rows
    known: Flags


def paired(one: Report, other: Report) -> Comparison:
    """other: the candidate. Always the same for the same reports."""
    pairs = matched(one, other)
    mine, its = _part(one.answers, pairs.one), _part(other.answers, pairs.other)
    unit = units(mine.photos, ENOUGH_PHOTOS)
    among = np.asarray([photo for photo, known in zip(mine.photos, pairs.known, strict=True) if known])
    return Comparison(
        photos=len(set(among.tolist())),
        answers=len(among),
        top1=_shares(mine.right, its.right, pairs.known, unit),
        top5=_shares(mine.among_best, its.among_best, pairs.known, unit),
        coverage=_coverages(mine, its, unit),
        missing=tuple(sorted(set(one.skus) - set(other.skus))),
        added=tuple(sorted(set(other.skus) - set(one.skus))),
    )


def matched(one: Report, other: Report) -> Pairs:
    """What is the same product: the same photo, the same place on it, and the same SKU, or none that either knows."""
    theirs = {key: row for row, key in enumerate(_keys(other))}
    found = [(row, theirs[key]) for row, key in enumerate(_keys(one)) if key in theirs]
    rows = np.array(found, np.int64).reshape(-1, 2)
    return Pairs(rows[:, 0], rows[:, 1], np.asarray(one.answers.truth[rows[:, 0]] != OTHER))


def _keys(report: Report) -> list[tuple[str, int, str | None]]:
    given = report.answers
    places = [0] * len(given) if report.task == "multi_label" else given.places.tolist()  # tags go by their names
    names = [None if sku == OTHER else report.skus[sku] for sku in given.truth.tolist()]
    return list(zip(given.photos, places, names, strict=True))


def _part(given: Answers, rows: Rows) -> Answers:
    photos = tuple(given.photos[row] for row in rows)
    return Answers(photos, given.places[rows], given.truth[rows], given.best[rows], given.confidences[rows])


def _shares(one: Flags, other: Flags, among: Flags, unit: Labels) -> Difference:
    """Of right answers."""
    if not among.any():
        return _NOTHING
    change = other.astype(float) - one
    nets = np.bincount(unit[among], weights=change[among]).astype(int).tolist()
    low, high = interval(share(change, among), unit, 2 * CHANCE)
    worse, better = chance(nets) <= CHANCE, chance([-net for net in nets]) <= CHANCE
    return Difference(float(one[among].mean()), float(other[among].mean()), low, high, worse, better)


def _coverages(one: Answers, other: Answers, unit: Labels) -> Difference:
    if not len(one):
        return _NOTHING
    before, after = coverage(one.surest, one.right), coverage(other.surest, other.right)
    low, high = interval(lambda weights: after(weights) - before(weights), unit, 2 * CHANCE)
    each = np.ones(len(unit))
    return Difference(before(each), after(each), low, high, high < 0, low > 0)


def chance(nets: Sequence[int]) -> float:
    """How likely a sum this low is, were each as likely to have the other sign: exact, and of single products
    McNemar's test. nets: how many more the other has right, of each photo."""
    likely, reach = np.ones(1), 0
    for size in (abs(net) for net in nets if net):
        wider = np.zeros(len(likely) + 2 * size)
        wider[: len(likely)] += likely / 2
        wider[2 * size :] += likely / 2
        likely, reach = wider, reach + size
    return float(likely[: sum(nets) + reach + 1].sum())


_NOTHING = Difference(0.0, 0.0, 0.0, 0.0, False, False)
