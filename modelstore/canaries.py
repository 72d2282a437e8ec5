"""Canaries begin, change, end, and keep what they see. Each change is all or nothing, and in the audit trail.

`who` is the user name of a person; empty for whoever runs this process.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, F, Sum
from django.utils import timezone

from inference.comparison import Comparison
from modelstore.audit import ENGINE, note_refusal, operator, record, storable
from modelstore.errors import CanaryRefused
from modelstore.models import Canary, CanaryComparison, ModelLine, Release, ReleaseEvent
from modelstore.proving import Prove, check_release

Kind = ReleaseEvent.Kind

KEPT = 10_000
"""Comparisons of one canary; older ones make room."""
KEPT_FOR = timedelta(days=30)
PRUNED_EVERY = 100


def running_canary(line: ModelLine) -> Canary | None:
    """Paused ones run as well: they keep their place until somebody stops them."""
    running = Canary.objects.filter(line=line, ended_at=None).select_related("active__line", "candidate__line")
    return running.defer("active__manifest", "candidate__manifest").first()


def start(candidate: Release, share: int, prove: Prove, who: str = "", reason: str = "") -> Canary:
    """Let a candidate read `share` per cent of what the active release of its line answers, from the next request on.

    A canary of the same candidate goes on with the new share, and is resumed if it was paused.
    Raises PublishRefused and changes nothing when refused.
    """
    if not 0 <= share <= 100:
        raise CanaryRefused(f"A share of {share} % is none. Give 0 to 100 per cent of the requests.")
    if candidate.line.classifies:
        raise CanaryRefused(
            f"{candidate} classifies whole pictures: canaries read shelves. Compare it with another release of its "
            "line in admin, on the same photos."
        )
    check_release(candidate, prove, who)
    return _started(candidate, share, who or operator(), reason)


@transaction.atomic
def _started(candidate: Release, share: int, who: str, reason: str) -> Canary:
    line = ModelLine.objects.select_for_update().get(pk=candidate.line_id)
    running = running_canary(line)
    if running and running.candidate_id == candidate.pk:
        return _changed(running, share, who, reason)
    if running:
        raise CanaryRefused(f"{running.candidate} is the canary of {line} already. Stop it first: one at a time.")
    active = _beside(candidate, line)
    prune()
    record(candidate, Kind.CANARY_STARTED, who, f"{share} % of what {active} answers. {reason}")
    return Canary.objects.create(
        line=line, active=active, watched=active, candidate=candidate, share=share, started_by=who
    )


def _beside(candidate: Release, line: ModelLine) -> Release:
    """The release that answers. Raises CanaryRefused where there is none, or it is the candidate itself."""
    active = line.active()
    if active is None:
        raise CanaryRefused(f"No release of {line} is active, so there is nothing to compare with. Activate one.")
    if active == candidate:
        raise CanaryRefused(f"{candidate} is active: it answers every request. Choose another release of {line}.")
    return active


def _changed(canary: Canary, share: int, who: str, reason: str) -> Canary:
    if (canary.share, canary.paused) != (share, ""):
        before = "a pause" if canary.paused else f"{canary.share} %"
        record(canary.candidate, Kind.CANARY_CHANGED, who, f"{share} % after {before}. {reason}")
    canary.share, canary.paused, canary.watched = share, "", canary.active
    canary.save(update_fields=["share", "paused", "watched"])
    return canary


@transaction.atomic
def stop(line: ModelLine, who: str = "", reason: str = "", seen: Canary | None = None) -> Canary:
    """End the canary of a line; what it has seen stays to be looked at. Raises CanaryRefused.

    seen: the one that is stopped, where a person has seen its name; never another one.
    """
    ModelLine.objects.select_for_update().get(pk=line.pk)
    running = running_canary(line)
    if running is None or (seen and seen != running):
        which = f"{seen.candidate} is no canary of {line} any more" if seen else f"no canary runs on {line}"
        raise CanaryRefused(f"Nothing was stopped: {which}. See manage.py list_releases.")
    _end(running, who, reason)
    return running


def end_with_active(line: ModelLine, who: str, why: str) -> None:
    """Another release becomes active: what is compared with the one before means nothing any more.

    Call it inside the transaction of that change.
    """
    running = running_canary(line)
    if running:
        _end(running, who, why)


def _end(canary: Canary, who: str, reason: str) -> None:
    canary.ended_at, canary.watched = timezone.now(), None
    canary.save(update_fields=["ended_at", "watched"])
    record(canary.candidate, Kind.CANARY_ENDED, who, f"{_summary(canary)} {reason}")


def _summary(canary: Canary) -> str:
    """For the audit trail, which outlives the comparisons."""
    named = F("same") + F("different") + F("named_by_active") + F("named_by_candidate")
    seen = canary.comparisons.aggregate(photos=Count("pk"), alike=Sum("same"), facings=Sum(named))
    share = f", {100 * seen['alike'] / seen['facings']:.1f} % of facings named alike" if seen["facings"] else ""
    return f"Beside {canary.active}: {seen['photos']} photos compared{share}."


# --- what a canary sees; told by the process that runs it, while it runs


def candidate_of(canary: int) -> Release | None:
    """Without its manifest; None once the canary is paused or has ended."""
    releases = Release.objects.select_related("line").defer("manifest")
    return releases.filter(candidacies=canary, candidacies__watched__isnull=False).first()


def keep(canary: int, found: Comparison) -> None:
    """Store a comparison, unless its canary was paused or ended meanwhile."""
    if candidate_of(canary) is None:
        return
    counts = asdict(found) | {"differences": json.dumps(found.differences, separators=(",", ":"))}
    row = CanaryComparison.objects.create(canary_id=canary, **counts)
    if row.pk % PRUNED_EVERY == 0:
        prune()


def prune() -> None:
    """Forget what is too old, and what is too much."""
    CanaryComparison.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()
    for canary in Canary.objects.filter(ended_at=None):
        newest = canary.comparisons.order_by("-pk").values_list("pk", flat=True)
        for oldest_but_one in newest[KEPT : KEPT + 1]:
            canary.comparisons.filter(pk__lte=oldest_but_one).delete()


def note_dropped(photos: Mapping[int, int]) -> None:
    """photos: how many were dropped, by canary."""
    for canary, count in photos.items():
        Canary.objects.filter(pk=canary).update(dropped=F("dropped") + count)


def note_failure(canary: int, reason: str) -> None:
    """The candidate had no answer to one photo."""
    Canary.objects.filter(pk=canary).update(failed=F("failed") + 1, failure=storable(reason))


@transaction.atomic
def pause(canary: int, reason: str, refused: bool) -> bool:
    """The candidate reads nothing more until somebody starts it again; false where it had been paused before.

    refused: the release itself is not sound, which is noted as for any other.
    """
    reason = storable(reason) or "No reason was given: see the log."
    if not Canary.objects.filter(pk=canary, watched__isnull=False).update(paused=reason, watched=None):
        return False
    candidate = Release.objects.select_related("line").defer("manifest").get(candidacies=canary)
    if refused:
        note_refusal(candidate, reason, ENGINE)
    record(candidate, Kind.CANARY_PAUSED, ENGINE, reason)
    return True
