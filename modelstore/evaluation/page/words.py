"""What a report says, in sentences that its figures bear out."""

from collections.abc import Iterator, Sequence

from modelstore.evaluation.page.figures import span, written
from modelstore.evaluation.page.vocabulary import VOCABULARIES, Vocabulary
from modelstore.evaluation.reliability import Reliability
from modelstore.evaluation.resampling import FEWEST_PHOTOS
from modelstore.evaluation.summary import Summary

_NAMED = 3
_FEW = 20
_HONEST = 0.005
"""A mean distance of half a point has no direction worth telling."""
_HOW = {
    "cross-validation": (
        "By cross-validation: every photo was answered by a classifier that had not seen it, nor a near-duplicate of "
        "it{}. Photos of one day in one shop are alike, which flatters: only photos of another day tell how good a "
        "release is."
    ),
    "held-out shelves": (
        "On shelf photos that were held out: no name was learnt from them, but regularisation and calibration were "
        "chosen on them. They are the detector's own crops, as serving sees them."
    ),
    "photos": "On photos that the release had not learnt from, none of them a near-duplicate of one that it had.",
}


def opening(summary: Summary) -> str:
    """One paragraph: what the release is worth, and where it is weak."""
    return " ".join(_sentences(summary))


def _sentences(summary: Summary) -> Iterator[str]:
    yield from _naming(summary)
    yield from _confidence(summary.reliability)
    yield from _strangers(summary)
    yield _weakness(summary)
    alike = VOCABULARIES[summary.task].alike
    yield from (f"{pair.one} and {pair.other} may be {alike}." for pair in summary.twins[:1])
    if summary.measured.kind == "cross-validation" and summary.measured.products:
        yield "Expect less on photos of other days."


def _naming(summary: Summary) -> Iterator[str]:
    top1, kept = (summary.figures.get(name) for name in ("top1", "coverage_at_95_precision"))
    say = VOCABULARIES[summary.task]
    if top1 is None:
        yield f"It was asked about no {say.thing} of its {say.names}, so nothing is known of its {say.given}."
        return
    asked = counted(summary.measured.of_skus, say)
    between = f" ({span(top1.low, top1.high)})" if top1.low is not None and top1.high is not None else ""
    yield f"Of {asked} that it had not learnt from, {say.naming.format(written(top1.value))}{between}."
    if kept is None:
        return
    if kept.value:
        kept_share = (
            f"If 95 % of its {say.given} are to be right, it can answer {written(kept.value)} of what it sees by itself"
        )
        yield f"{kept_share}{_strangers_seen(summary)}."
    else:
        yield "However few of its answers are kept, fewer than 95 % of them are right: a person has to look at each."


def _strangers_seen(summary: Summary) -> str:
    """They lower the share that can be answered, though there is no name to give them."""
    strangers = summary.measured.products - summary.measured.of_skus
    return f", of which {written(strangers / summary.measured.products)} is no product of its SKUs" if strangers else ""


def _confidence(found: Reliability | None) -> Iterator[str]:
    if found is None:
        return
    if found.as_expected:
        yield "Its confidences are as honest as so many answers can show."
        return
    excess = "off in both directions"
    if abs(found.surplus) > _HONEST:
        excess = "too high" if found.surplus > 0 else "too low"
    yield f"Its confidences are {excess}, by {100 * found.ece:.1f} points on average: more than chance explains."


def _strangers(summary: Summary) -> Iterator[str]:
    kept, rejected = (summary.figures.get(name) for name in ("known_kept_at_0.5", "unknown_rejected_at_0.5"))
    if kept and rejected:
        told = f"{written(rejected.value)} of other products get no name, and {written(kept.value)} of its own keep one"
        yield f"At the default threshold {told}."


def _weakness(summary: Summary) -> str:
    asked = [weak for weak in summary.weak if weak.asked]
    unasked = len(summary.weak) - len(asked)
    say = VOCABULARIES[summary.task]
    untold = f"Of {plural(unasked, say.name)} nothing is known: no photo was left to ask about." if unasked else ""
    if not asked:
        whole = f"Every {say.name} that was asked about is named rightly at least nine times in ten."
        return " ".join(filter(None, (whole if summary.measured.of_skus else "", untold)))
    named = listed([f"{weak.name} ({weak.right} of {weak.asked} right)" for weak in asked])
    return " ".join(filter(None, (f"Weak: {named}.", untold)))


def listed(names: Sequence[str]) -> str:
    """The first three, and how many more."""
    shown, more = list(names[:_NAMED]), len(names) - _NAMED
    if more > 0:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "es" if noun.endswith("s") else "s")


def counted(count: int, say: Vocabulary) -> str:
    """`1,600 decisions on tags`."""
    noun, _, more = say.thing.partition(" ")
    return " ".join(filter(None, (plural(count, noun), more)))


def how_measured(summary: Summary) -> str:
    said = ", and some also by one that knew nothing of its SKU, to which it was an unknown product"
    return _HOW[summary.measured.kind].format(said if summary.task == "sku" else "")


def asked_about(summary: Summary) -> str:
    measured = summary.measured
    others = measured.products - measured.of_skus
    if summary.tags:
        return f"Asked about {plural(len(summary.tags), 'tag')} on {plural(measured.photos, 'photo')}."
    say = VOCABULARIES[summary.task]
    shown = f"{plural(measured.of_skus, say.thing)} of {plural(len(summary.skus), say.name)}"
    beside = f" and {plural(others, 'other product')}" if others else ""
    return f"Asked about {shown}{beside} on {plural(measured.photos, 'photo')}."


def intervals(summary: Summary) -> str:
    """How they were found, and how far to trust them."""
    together = {
        "sku": ", whole: products of one photo are no independent witnesses",
        "single_label": "",
        "multi_label": ", whole: decisions on one photo are no independent witnesses",
    }
    drawn = f"Intervals are from drawing the photos anew{together[summary.task]}."
    if summary.measured.photos < FEWEST_PHOTOS:
        drawn = "Intervals are from drawing the products anew, as if those of one photo were independent: too narrow."
    elif summary.measured.photos < _FEW:
        drawn += f" Those of {plural(summary.measured.photos, 'photo')} are rough."
    return f"{drawn} A dash stands where a release keeps the total alone."


def learnt_from(summary: Summary) -> str:
    learnt = summary.learnt_from
    singles = {VOCABULARIES[summary.task].photo: learnt.reference + learnt.tagged}
    counted = singles | {"negative": learnt.negative, "shelf photo": learnt.shelf}
    parts = [plural(count, noun) for noun, count in counted.items() if count]
    return f"The release was made from {listed(parts)}." if parts else ""


def calibration(found: Reliability) -> str:
    """What the reliability diagram says."""
    band = span(found.expected_low, found.expected_high)
    verdict = "lies within it" if found.as_expected else "lies above it, so chance does not explain it"
    if found.ece < found.expected_low:
        verdict = "is better still"
    return (
        f"The calibration error is {written(found.ece)}. A model whose every confidence is what it says would show "
        f"{band} on {plural(found.answers, 'answer')}, 95 times in 100; this one {verdict}."
    )
