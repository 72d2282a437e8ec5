"""Two releases side by side, on the photos that both were asked about and each on its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from modelstore.evaluation.changes import Change, changes
from modelstore.evaluation.figure_names import is_told
from modelstore.evaluation.page.document import Page
from modelstore.evaluation.page.figures import Meaning, Row, meanings, row, written
from modelstore.evaluation.page.pictures import Picture, picture
from modelstore.evaluation.page.vocabulary import VOCABULARIES
from modelstore.evaluation.page.words import counted, listed, plural
from modelstore.evaluation.paired import Comparison, Difference, paired
from modelstore.evaluation.report import Report
from modelstore.evaluation.summary import Summary

_SHOWN = 8
FindPhoto = Callable[[str], Picture | None]
"""From a photo's sha256 to a small picture of it, if it is kept here."""


@dataclass(frozen=True)
class PairedRow:
    """verdict: `better`, `worse` or `may be chance`."""

    title: str
    one: str
    other: str
    difference: str
    interval: str
    verdict: str


@dataclass(frozen=True)
class SkuRow:
    """`3 of 4` on the same photos, then on all photos that each was asked about; "" where it was not."""

    sku: str
    same_one: str
    same_other: str
    one: str
    other: str
    less: bool
    more: bool


@dataclass(frozen=True)
class Seen:
    change: Change
    picture: Picture | None


@dataclass(frozen=True, eq=False)
class Compared:
    """What the template draws. one, other: the pages of their reports."""

    one: Page
    other: Page
    comparison: Comparison
    short_one: str
    short_other: str
    opening: str
    same: Sequence[PairedRow]
    own: Sequence[tuple[str, Row | None, Row | None]]
    skus: Sequence[SkuRow]
    lost: Sequence[Seen]
    lost_more: int
    won: Sequence[Seen]
    won_more: int

    @property
    def both(self) -> tuple[Page, Page]:
        return self.one, self.other


def compared(one: tuple[Report, Page], other: tuple[Report, Page], photo: FindPhoto) -> Compared:
    """All answers of either, and the page of one of its reports; other: the candidate."""
    found = paired(one[0], other[0])
    changed = changes(one[0], other[0])
    lost, won = (tuple(_seen(part[:_SHOWN], one[0], other[0], photo)) for part in (changed.lost, changed.won))
    return Compared(
        one=one[1],
        other=other[1],
        comparison=found,
        short_one=_short(one[1]),
        short_other=_short(other[1]),
        opening=_opening(found, one[1].summary, other[1].summary),
        same=_same(found, one[1].summary),
        own=list(_own(one[1], other[1])),
        skus=_skus(one[1], other[1], {sku.sku: (sku.asked, sku.one, sku.other) for sku in changed.skus}),
        lost=lost,
        lost_more=len(changed.lost) - len(lost),
        won=won,
        won_more=len(changed.won) - len(won),
    )


def _short(page: Page) -> str:
    """`@7`: both are of one line."""
    _, at, version = page.summary.release.rpartition("@")
    return at + version


def _measures(found: Comparison, summary: Summary) -> dict[str, Difference]:
    """Those that say something about the task, by name."""
    named = {"top1": found.top1, "top5": found.top5, "coverage_at_95_precision": found.coverage}
    return {name: each for name, each in named.items() if is_told(name, summary.task, len(summary.skus))}


def _opening(found: Comparison, before: Summary, after: Summary) -> str:
    one, other = before.release, after.release
    if not found.answers:
        return (
            f"{one} and {other} were asked about no photo that both know the products of, so no figure below can be "
            "compared with its neighbour. Ask both about the same photos with manage.py evaluate_release."
        )
    asked = f"{counted(found.answers, VOCABULARIES[before.task])} on {plural(found.photos, 'photo')}"
    told, named = meanings(before.task), _measures(found, before)
    worse, better = (
        [_inside(told[name].title) for name, each in named.items() if getattr(each, verdict)]
        for verdict in ("worse", "better")
    )
    said = [f"worse in {listed(worse)}"] * bool(worse) + [f"better in {listed(better)}"] * bool(better)
    verdict = " and ".join(said) if said else "neither better nor worse than chance explains"
    return f"Both were asked about {asked}. On these, {other} is {verdict}, compared with {one}."


def _inside(title: str) -> str:
    """A title inside a sentence."""
    return title[0].lower() + title[1:]


def _same(found: Comparison, summary: Summary) -> list[PairedRow]:
    told = meanings(summary.task)
    return [_paired_row(told[name], each) for name, each in _measures(found, summary).items()] if found.answers else []


def _paired_row(meaning: Meaning, each: Difference) -> PairedRow:
    verdict = "worse" if each.worse else "better" if each.better else "may be chance"
    interval = f"{_points(each.low)} to {_points(each.high)}"
    change = _points(each.other - each.one)
    return PairedRow(meaning.title, written(each.one), written(each.other), change, interval, verdict)


def _points(share: float) -> str:
    """With a sign, but for none."""
    return f"{100 * share:+.1f}".replace("-", "−") if round(share, 3) else "0"


def _own(one: Page, other: Page) -> Iterator[tuple[str, Row | None, Row | None]]:
    for name, meaning in meanings(one.summary.task).items():
        found = [page.summary.figures.get(name) for page in (one, other)]
        mine, its = (row(meaning, estimate) if estimate else None for estimate in found)
        if mine or its:
            yield meaning.title, mine, its


def _skus(one: Page, other: Page, same: dict[str, tuple[int, int, int]]) -> list[SkuRow]:
    """Of SKUs that both know, the greatest loss first."""
    mine, its = ({sku.name: sku for sku in page.summary.skus} for page in (one, other))
    found = []
    for name in [*same, *sorted(set(mine) & set(its) - set(same))]:
        asked, before, after = same.get(name, (0, 0, 0))
        own, theirs = (_of(sku.right, sku.asked) for sku in (mine[name], its[name]))
        found.append(SkuRow(name, _of(before, asked), _of(after, asked), own, theirs, after < before, after > before))
    return found


def _of(right: int, asked: int) -> str:
    return f"{right} of {asked}" if asked else ""


def _seen(some: Sequence[Change], one: Report, other: Report, photo: FindPhoto) -> Iterator[Seen]:
    for change in some:
        shown = picture(one.pictures, change.pictures[0]) or picture(other.pictures, change.pictures[1])
        yield Seen(change, shown or (photo(change.photo) if change.whole else None))
