"""Which SKUs are taken for each other, which are weak, and what to photograph next."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from modelstore.evaluation.fingerprints import near_duplicates
from modelstore.evaluation.report import Report

ENOUGH_PHOTOS = 8
WEAK = 0.9
_MIXED = 0.25
"""Of the photos of two SKUs, this share is taken for the other: half would be if they were one product."""
_FEWEST_MIXED = 2
_MOSTLY = 0.5


@dataclass(frozen=True)
class Confusion:
    """So many of `of` products of one SKU were taken for another: rows of SKUs, and rows of the answers."""

    sku: int
    taken_for: int
    count: int
    of: int
    answers: tuple[int, ...]


@dataclass(frozen=True)
class WeakSku:
    """right of asked; advice: what to photograph next."""

    sku: int
    asked: int
    right: int
    photos: int
    advice: str


@dataclass(frozen=True)
class Twins:
    """Two SKUs that may be the same product under two names. why: in words."""

    one: int
    other: int
    why: str


def confusions(report: Report) -> list[Confusion]:
    """The most frequent first."""
    given = report.answers
    asked = Counter(given.truth.tolist())
    pairs: dict[tuple[int, int], list[int]] = {}
    for row in np.flatnonzero(given.known & ~given.right):
        pairs.setdefault((int(given.truth[row]), int(given.best[row, 0])), []).append(int(row))
    found = [Confusion(sku, other, len(rows), asked[sku], tuple(rows)) for (sku, other), rows in pairs.items()]
    return sorted(found, key=lambda one: (-one.count, one.sku, one.taken_for))


def weak_skus(report: Report) -> list[WeakSku]:
    """Fewer than nine in ten were named rightly, or none was asked about; the weakest first."""
    given, pairs = report.answers, confusions(report)
    photos = learnt_photos(report)
    on_shelves = {box[4] for learnt in report.learnt for box in learnt.boxes}
    found = []
    for sku, name in enumerate(report.skus):
        own = given.truth == sku
        asked, right = int(own.sum()), int(given.right[own].sum())
        if not asked or right < WEAK * asked:
            advice = _advice(report, sku, photos[name], name in on_shelves, pairs, asked)
            found.append(WeakSku(sku, asked, right, photos[name], advice))
    return sorted(found, key=lambda weak: (weak.right / max(weak.asked, 1), weak.sku))


def learnt_photos(report: Report) -> Counter[str]:
    """By SKU, class or outcome: how many photos, of which each shows nothing else, were learnt from."""
    pairs = dict(zip(report.skus, report.skus[len(report.skus) // 2 :], strict=False))  # a tag's opposite
    named = [learnt.sku or "" for learnt in report.learnt if learnt.use == "reference"]
    marks = [mark for learnt in report.learnt if learnt.use == "tagged" for mark in learnt.marks]
    return Counter(named) + Counter(tag if has else pairs.get(tag, "") for tag, has in marks)


def _advice(report: Report, sku: int, photos: int, on_shelves: bool, pairs: list[Confusion], asked: int) -> str:
    own = [pair for pair in pairs if pair.sku == sku]
    wrong = sum(pair.count for pair in own)
    if not asked and report.kind == "photos":
        return "None of these photos shows it: judge the release by photos of it."
    if not asked and not on_shelves:
        return "Its photos are nearly the same: take others from other sides, in another light, on another day."
    if not asked:
        return "No shelf that was held out shows it: label it on more shelves, or add reference photos."
    if own and own[0].count > _MOSTLY * wrong and own[0].count > 1:
        other = report.skus[own[0].taken_for]
        return f"Mostly taken for {other}: photograph both so that what tells them apart fills the picture."
    if photos and photos < ENOUGH_PHOTOS:
        return f"It has {photos} photos: {ENOUGH_PHOTOS - photos} more, from other sides and days, would help most."
    return "Add photos as shelves show it: from further away, from the side, half hidden, in the shop's light."


def twins(report: Report) -> list[Twins]:
    """Pairs of SKUs whose answers are mixed as if by chance, or that share photos. A tag and its opposite are none."""
    if report.task == "multi_label":
        return []
    found = {pair: f"{share:.0%} of their photos are taken for the other." for pair, share in _mixed(report).items()}
    for pair, count in _shared_photos(report).items():
        found[pair] = f"{count} photos of the two are nearly the same."
    return [Twins(one, other, why) for (one, other), why in sorted(found.items())]


def _mixed(report: Report) -> dict[tuple[int, int], float]:
    asked = Counter(report.answers.truth.tolist())
    wrong: Counter[tuple[int, int]] = Counter()
    for pair in confusions(report):
        wrong[min(pair.sku, pair.taken_for), max(pair.sku, pair.taken_for)] += pair.count
    shares = {pair: count / max(asked[pair[0]] + asked[pair[1]], 1) for pair, count in wrong.items()}
    return {pair: share for pair, share in shares.items() if share >= _MIXED and wrong[pair] >= _FEWEST_MIXED}


def _shared_photos(report: Report) -> Counter[tuple[int, int]]:
    rows = {name: row for row, name in enumerate(report.skus)}
    owners = [rows.get(learnt.sku or "", -1) if learnt.use == "reference" else -1 for learnt in report.learnt]
    shared: Counter[tuple[int, int]] = Counter()
    for one, other in near_duplicates(report.fingerprints, report.fingerprints):
        if -1 < owners[one] < owners[other]:
            shared[owners[one], owners[other]] += 1
    return shared
