"""What one release names rightly and the other does not, product by product and SKU by SKU."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from modelstore.evaluation.answers import Labels
from modelstore.evaluation.paired import Pairs, matched
from modelstore.evaluation.report import Report


@dataclass(frozen=True)
class Change:
    """A product that one of two names rightly. said: what the other says; photo: its sha256; whole: the photo shows no
    other product; pictures: names it may have among the pictures of the first and of the second report."""

    sku: str
    said: str
    photo: str
    whole: bool
    pictures: tuple[str, str]


@dataclass(frozen=True)
class SkuChange:
    """asked, one, other: products on the same photos, and how many of them either names rightly."""

    sku: str
    asked: int
    one: int
    other: int


@dataclass(frozen=True)
class Changes:
    """lost: what only the first names rightly; won: what only the second does; skus: the greatest loss first."""

    lost: tuple[Change, ...]
    won: tuple[Change, ...]
    skus: tuple[SkuChange, ...]


def changes(one: Report, other: Report) -> Changes:
    pairs = matched(one, other)
    known = Pairs(pairs.one[pairs.known], pairs.other[pairs.known], pairs.known[pairs.known])
    before, after = one.answers.right[known.one], other.answers.right[known.other]
    return Changes(
        tuple(_changes(one, other, known, np.flatnonzero(before & ~after), other, known.other)),
        tuple(_changes(one, other, known, np.flatnonzero(after & ~before), one, known.one)),
        _skus(one, other, known),
    )


def _changes(one: Report, other: Report, pairs: Pairs, which: Labels, wrong: Report, rows: Labels) -> Iterator[Change]:
    """wrong: the report that has another name for them; rows: of its answers."""
    each, names = Counter(one.answers.photos), (*one.skus, "")
    for pair in which.tolist():
        mine, its = int(pairs.one[pair]), int(pairs.other[pair])
        photo, said = one.answers.photos[mine], wrong.skus[wrong.answers.best[rows[pair], 0]]
        whole = each[photo] == 1 or one.task == "multi_label"
        yield Change(names[one.answers.truth[mine]], said, photo, whole, (f"answer.{mine}", f"answer.{its}"))


def _skus(one: Report, other: Report, pairs: Pairs) -> tuple[SkuChange, ...]:
    names = [one.skus[sku] for sku in one.answers.truth[pairs.one].tolist()]
    asked = Counter(names)
    mine = Counter(name for name, right in zip(names, one.answers.right[pairs.one], strict=True) if right)
    its = Counter(name for name, right in zip(names, other.answers.right[pairs.other], strict=True) if right)
    found = [SkuChange(name, asked[name], mine[name], its[name]) for name in asked]
    return tuple(sorted(found, key=lambda sku: ((sku.other - sku.one) / sku.asked, sku.sku)))
