"""From photos to a release that names the new SKU: the prototype, which answers at once."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from database.queue import enqueue
from inference.manifest import Manifest, loads
from modelstore.errors import TrainingRefused
from modelstore.models import Onboarding, Release
from modelstore.onboarding.claim import Claim
from modelstore.onboarding.extension import (
    LEAST_KEPT,
    LEFT_OUT,
    Addition,
    extend,
    kept_told,
    left_out,
    lookalikes,
    metrics_of,
)
from modelstore.onboarding.intake import JOB
from modelstore.onboarding.networks import loaded, looks, prove
from modelstore.onboarding.stored import number, prototype_report, stored_manifest
from modelstore.publishing import activate

if TYPE_CHECKING:  # torch only loads where a model is really needed
    from inference.loading import LoadedRelease
    from modelstore.training.prototype import Extended

State = Onboarding.State
_OFTEN = 0.5
"""Of the photos, the share that must be named like one SKU for it to count as a look-alike; and that must be named
rightly when they are left out in turn, for nobody to be asked."""


@dataclass(frozen=True, eq=False)
class _Examined:
    """What would be published, and what to know before. right: how many photos get its name when they are left out in
    turn; told: sentences; doubts: those that a person has to accept."""

    before: Release
    manifest: Manifest
    addition: Addition
    made: "Extended"
    right: int
    told: list[str]
    doubts: list[str]


def add(claim: Claim) -> None:
    """Begin, or go on after a worker that died: publish the prototype and let it answer, or ask a person first.

    Raises TrainingRefused, PublishRefused, ReleaseRefused, Overtaken, ClaimLost."""
    if claim.row.prototype is None:
        found = _examined(claim)
        if found.doubts and not claim.row.accepted_by:
            claim.left(State.HELD, warnings=found.doubts, notes=found.told, percent=50)
            return
        claim.save(warnings=found.doubts, notes=found.told, percent=60, step="Publishing the prototype")
        _publish(claim, found)
    _answer(claim)


def _examined(claim: Claim) -> _Examined:
    row = claim.row
    before = _active(row)
    manifest = loads(before.manifest.encode())
    claim.said(5, "Loading the networks")
    release = loaded(before)
    photos = list(row.photos.all())
    done = looks(photos, release, lambda count: claim.said(10 + 30 * count // len(photos), f"Photo {count + 1}"))
    claim.said(40, "Making room among the other SKUs")
    addition = Addition(row, done)
    made = extend(release, manifest, [addition])
    right = left_out(release, manifest, addition)
    kept = kept_told(made.kept, manifest)
    tried = f"Left out in turn, {right} of {len(photos)} photos are named {row.sku} by a prototype of the others."
    doubts = [f"{photo.name}: {photo.warning}" for photo in photos if photo.warning]
    doubts += _lookalikes(addition, release, manifest) + _harm(made.kept.share, kept) + _weak(right, len(photos), tried)
    return _Examined(before, manifest, addition, made, right, [tried, kept], doubts)


def _active(row: Onboarding) -> Release:
    active = row.line.releases.filter(status=Release.Status.ACTIVE).select_related("line").first()
    if active is None:
        raise TrainingRefused(f"No release of {row.line} is active any more. Activate one, then try again.")
    if row.sku in (label.name for label in loads(active.manifest.encode()).labels):
        raise TrainingRefused(f"{active}, which answers now, has a SKU {row.sku} already. Withdraw this one.")
    return active


def _lookalikes(addition: Addition, release: "LoadedRelease", manifest: Manifest) -> list[str]:
    count = len(addition.looks)
    return [
        f"It looks like {sku}: {often} of {count} photos are named {sku} today. If that is what they show, withdraw "
        f"it. If it is another product, go on; some facings may then be named like the other one."
        for sku, often in lookalikes(release, manifest, addition.photos).items()
        if often >= _OFTEN * count
    ]


def _harm(share: float, told: str) -> list[str]:
    return [f"It would change answers about other SKUs. {told}"] if share < LEAST_KEPT else []


def _weak(right: int, photos: int, told: str) -> list[str]:
    return [f"The photos hardly resemble each other. {told} Do they all show it?"] if right < _OFTEN * photos else []


def _publish(claim: Claim, found: _Examined) -> None:
    row = claim.row
    skus = [label.name for label in found.manifest.labels] + [row.sku]
    metrics = metrics_of(found.before, [found.addition], found.made.kept.share) | {LEFT_OUT: found.right}
    report = prototype_report(found.before, skus, [found.addition])
    manifest = stored_manifest(found.before, skus, found.made.regression, metrics, report)
    number(claim, manifest, _why(row), "prototype", State.PROTOTYPE, before=found.before)


def _why(row: Onboarding) -> str:
    told = f"{row.sku} added from {row.photos.count()} photos, as a prototype."
    return told + (f" {row.accepted_by} accepted: {' '.join(row.warnings)}" if row.accepted_by and row.warnings else "")


def _answer(claim: Claim) -> None:
    """Only in place of the release that it extends: what somebody has activated since stays, and is extended anew."""
    row = claim.row
    claim.said(65, "Proving the prototype")
    prototype = row.prototype
    assert prototype is not None  # published in this run or an earlier one

    def noted() -> None:
        claim.left(State.ANSWERING, recognised_at=timezone.now(), percent=70)
        enqueue(JOB, row.pk)

    activate(prototype, prove, row.who, f"{row.sku} is recognised from now on.", leaving=row.before, noted=noted)
