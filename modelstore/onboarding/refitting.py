"""The second step: the brand's classifier fitted anew with everything that is known, once the prototype answers.

Where a release knows all photos that it learnt from, and they are kept, the brand is trained on them and those of the
new SKUs. Where it does not, like a bundle that came from elsewhere, the SKUs that were added here are fitted together.
"""

from django.db.models import Q
from django.utils import timezone

from modelstore.errors import Overtaken
from modelstore.evaluation.carried import report_of
from modelstore.models import Onboarding, Release
from modelstore.onboarding.claim import Claim
from modelstore.onboarding.networks import prove
from modelstore.onboarding.refit_all import refit_on_all, usable_photos
from modelstore.onboarding.refit_together import refit_together
from modelstore.onboarding.refit_verdict import verdict_on
from modelstore.onboarding.stored import number
from modelstore.publishing import activate

State = Onboarding.State


def refit(claim: Claim) -> None:
    """Begin, or go on after a worker that died. What is worse is published, and not activated.

    Raises TrainingRefused, PublishRefused, ReleaseRefused, ClaimLost."""
    if claim.row.state == State.ANSWERING:
        claim.moved(State.REFITTING)
    prototype = claim.row.prototype
    assert prototype is not None  # it answers, or did
    origin = _origin(prototype)
    if claim.row.refit is None and not _published(claim, prototype, origin):
        return
    _answer(claim, prototype, origin)


def _published(claim: Claim, prototype: Release, origin: Release) -> bool:
    """False when there is nothing to publish, which ends it."""
    active = claim.row.line.active()
    if active != prototype:
        _end(claim, f"{active} has been activated since, so nothing was refitted.")
        return False
    claim.said(72, "Gathering what is known")
    learnt = usable_photos(prototype)
    made = refit_on_all(claim, prototype, learnt) if learnt else refit_together(claim, prototype, origin)
    manifest, told = made
    if manifest is None:
        _end(claim, told)
        return False
    claim.said(92, "Publishing the refit")
    number(claim, manifest, told, "refit", State.REFITTING, notes=[*claim.row.notes, told])
    return True


def _origin(release: Release) -> Release:
    """The release behind the prototypes: the last that was trained, or came from elsewhere."""
    row = Onboarding.objects.filter(Q(prototype=release) | Q(refit=release)).select_related("before__line").first()
    own = report_of(release)
    if row is None or row.before is None or (own and len(own.answers)):
        return release
    return _origin(row.before)


def _answer(claim: Claim, prototype: Release, origin: Release) -> None:
    row, release = claim.row, claim.row.refit
    assert release is not None  # published in this run or an earlier one
    claim.said(94, "Comparing it")
    verdict = verdict_on(row, release, prototype, origin)
    if not verdict.passed:
        return _end(claim, f"{verdict.words} {release} was not activated: the prototype goes on answering.")
    claim.said(97, "Proving it")
    told = f"{verdict.words} {release} answers now."
    why = f"Refit with {row.sku}."
    try:
        activate(release, prove, row.who, why, verdict.words, prototype, lambda: _end(claim, told))
    except Overtaken:
        _end(claim, f"{release} was not activated: somebody has activated another release since.")
    return None


def _end(claim: Claim, told: str) -> None:
    claim.left(State.DONE, notes=[*claim.row.notes, told], percent=100, ended_at=timezone.now())
