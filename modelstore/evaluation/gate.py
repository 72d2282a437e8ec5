"""The promotion gate: is a release at least as good as the one that answers, on the same photos?"""

from collections.abc import Sequence
from dataclasses import dataclass

from inference.errors import ReleaseRefused
from inference.manifest import loads
from modelstore.errors import EvaluationRefused, TrainingRefused
from modelstore.evaluation.asked import Asked, from_kept
from modelstore.evaluation.evaluate import evaluate, labels_by_photo, reports
from modelstore.evaluation.merged import merged
from modelstore.evaluation.page.vocabulary import VOCABULARIES
from modelstore.evaluation.page.words import counted
from modelstore.evaluation.paired import Comparison, Difference, paired
from modelstore.evaluation.report import Report
from modelstore.models import Release

FEWEST = 10
"""Products that both must have been asked about: below, hardly anything could differ beyond chance."""
_SHOWN = 5


@dataclass(frozen=True)
class Verdict:
    """words: one or two sentences; comparison: None where there was nothing to compare."""

    passed: bool
    words: str
    comparison: Comparison | None = None


def judge(candidate: Release, active: Release | None) -> Verdict:
    """Asks either about the photos that only the other was asked about, as far as they are kept and it did not learn
    from them; the answers are kept, so that a second look costs nothing."""
    if active is None or active.digest == candidate.digest:
        return Verdict(True, "No other release was active.")
    try:
        return _verdict(active, *_both(active, candidate))
    except (ReleaseRefused, EvaluationRefused, TrainingRefused) as error:
        return Verdict(False, f"It cannot be compared with {active}: {error}")


def _both(one: Release, other: Release) -> tuple[Report | None, Report | None]:
    for release, another in ((one, other), (other, one)):
        _ask_what_the_other_was_asked(release, another)
    return merged(reports(one)), merged(reports(other))


def _ask_what_the_other_was_asked(release: Release, other: Release) -> None:
    own, theirs = reports(release), reports(other)
    labels = labels_by_photo(theirs)
    answered = {photo for report in own for photo in report.answers.photos}
    learnt = {one.photo for report in own for one in report.learnt}
    wanted = {photo for report in theirs for photo in report.answers.photos} - answered - learnt
    asked = _fair(from_kept(labels[photo] for photo in sorted(wanted & labels.keys())), own)
    if release.line.classifies:
        asked = asked.known_to([label.name for label in loads(release.manifest.encode()).labels])
    if len(asked):
        evaluate(release, asked, why=f"Compared with {other}.")


def _fair(asked: Asked, own: Sequence[Report]) -> Asked:
    """Without near-duplicates of what was learnt, and without photos that are no longer kept."""
    from modelstore.evaluation.judge import near_what_was_learnt  # torch only loads where a model is really needed

    kept = asked.readable()
    for report in own[:1]:
        kept = kept.without(near_what_was_learnt(kept, report))
    return kept


def _verdict(active: Release, one: Report | None, other: Report | None) -> Verdict:
    found = paired(one, other) if one and other and one.task == other.task else None
    if one is None or found is None or found.answers < FEWEST:
        return Verdict(False, _too_little(active, found), found)
    if found.missing:
        return Verdict(False, f"It no longer knows {_listed(found.missing)}, which {active} does.", found)
    measures = _measures(found, one)
    worse = {name: difference for name, difference in measures.items() if difference.worse}
    things = VOCABULARIES[one.task]
    where = f"{active} on the same {counted(found.answers, things)} of {found.photos} photos"
    if worse:
        return Verdict(False, f"It is worse than {where}, beyond chance: {_told(worse)}.", found)
    return Verdict(True, f"Not worse than {where}: {_told(measures)}.", found)


def _measures(found: Comparison, one: Report) -> dict[str, Difference]:
    """By what they are called."""
    if one.task == "multi_label":
        return {"decisions right": found.top1, "coverage at 95 % precision": found.coverage}
    return {"top-1": found.top1, "top-5": found.top5, "coverage at 95 % precision": found.coverage}


def _too_little(active: Release, found: Comparison | None) -> str:
    count = found.answers if found else 0
    return (
        f"It cannot be compared with {active}: both were asked about {count} products, and {FEWEST} are needed. Ask "
        "both about photos that they never saw, with manage.py evaluate_release RELEASE --photos FOLDER."
    )


def _told(measures: dict[str, Difference]) -> str:
    return ", ".join(f"{name} {found.one:.1%} before and {found.other:.1%} now" for name, found in measures.items())


def _listed(skus: Sequence[str]) -> str:
    more = len(skus) - _SHOWN
    return ", ".join(skus[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
