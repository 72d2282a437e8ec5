"""The SKUs that were added to a release whose own photos are not here, fitted together beside its own."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from inference.manifest import Manifest, loads
from modelstore.evaluation.figures import SURE
from modelstore.models import Onboarding, Release
from modelstore.onboarding.claim import Claim
from modelstore.onboarding.extension import VIEWS_BEFORE, VIEWS_NAMED, Addition, extend, kept_told, metrics_of, named
from modelstore.onboarding.networks import loaded, looks
from modelstore.onboarding.stored import prototype_report, stored_manifest

if TYPE_CHECKING:  # torch only loads where a model is really needed
    from inference.head import Head

NOT_HERE = (
    "The photos that {origin} learnt from are not kept here, so its own SKUs cannot be fitted anew. If you have them, "
    "train the brand with them and the new SKU's: manage.py train_release."
)


def refit_together(claim: Claim, prototype: Release, origin: Release) -> tuple[Manifest | None, str]:
    """And a sentence about it. origin: the release that all were added to. Raises TrainingRefused, PublishRefused."""
    rows = _added(prototype, origin)
    if len(rows) < 2:
        alone = f"Nothing had to be refitted: {claim.row.sku} is the only SKU added to {origin}."
        return None, f"{alone} {NOT_HERE.format(origin=origin)}"
    additions = _seen(claim, rows, origin)
    claim.said(90, "Fitting")
    manifest = loads(origin.manifest.encode())
    made = extend(loaded(origin), manifest, additions)
    skus = [label.name for label in manifest.labels] + [row.sku for row in rows]
    metrics = metrics_of(origin, additions, made.kept.share) | {
        VIEWS_NAMED: _right(made.head, skus, additions),
        VIEWS_BEFORE: _right(loaded(prototype).head, _skus(prototype), additions),
    }
    report = prototype_report(origin, skus, additions)
    told = f"{len(rows)} added SKUs were fitted together. {kept_told(made.kept, manifest)}"
    return stored_manifest(origin, skus, made.regression, metrics, report), f"{told} {NOT_HERE.format(origin=origin)}"


def _added(prototype: Release, origin: Release) -> list[Onboarding]:
    """In the order in which they were recognised."""
    new = set(_skus(prototype)) - set(_skus(origin))
    rows = Onboarding.objects.filter(line=origin.line_id, recognised_at__isnull=False, sku__in=new)
    newest = {row.sku: row for row in rows.order_by("recognised_at")}
    return list(newest.values())


def _seen(claim: Claim, rows: Sequence[Onboarding], origin: Release) -> list[Addition]:
    additions = []
    for number, row in enumerate(rows):
        claim.said(74 + 16 * number // len(rows), f"Looking at the photos of {row.sku}"[:200])
        additions.append(Addition(row, looks(list(row.photos.all()), loaded(origin))))
    return additions


def _right(head: "Head", skus: Sequence[str], additions: Sequence[Addition]) -> int:
    """Views of their photos, those that would be on a shelf among them, that get the right name."""
    rows = {sku: row for row, sku in enumerate(skus)}
    return sum(int((named(head, one.features, len(skus), SURE) == rows[one.row.sku]).sum()) for one in additions)


def _skus(release: Release) -> list[str]:
    return [label.name for label in loads(release.manifest.encode()).labels]
