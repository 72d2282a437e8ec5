"""A classifier that was made for a release becomes files in the store, a manifest, and a release that its row knows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction

from inference.manifest import Manifest, loads
from modelstore.errors import Overtaken
from modelstore.evaluation.answers import BEST, OTHER, Answers, calibration
from modelstore.evaluation.carried import report_of
from modelstore.evaluation.report import Learnt, Report
from modelstore.label_ids import stable_labels
from modelstore.models import ModelLine, Onboarding, Release
from modelstore.onboarding.claim import Claim
from modelstore.onboarding.extension import Addition
from modelstore.publishing import numbered, store_bundle
from modelstore.store import model_store

if TYPE_CHECKING:  # torch only loads where a model is really needed
    from inference.bundle import Regression


def stored_manifest(
    before: Release, skus: Sequence[str], regression: "Regression", metrics: dict[str, Any], report: Report
) -> Manifest:
    """As that of `before`, with another classifier; its files are in the store. Raises PublishRefused."""
    from inference.bundle import head_network

    network = head_network(regression, len(skus))
    head_files = [model_store().write(data) for data in (network.weights, network.golden)]
    assert head_files == [network.spec.weights, network.spec.golden]
    manifest = replace(
        loads(before.manifest.encode()),
        labels=stable_labels(before.line, skus),
        head=network.spec,
        metrics=metrics,
        report=model_store().write(report.dumps()),
    )
    return store_bundle(manifest.dumps(), model_store())


def prototype_report(before: Release, skus: Sequence[str], additions: Sequence[Addition]) -> Report:
    """What it learnt from, and so must not be judged by; it has not been asked about anything yet."""
    own = report_of(before)
    looks = [look for addition in additions for look in addition.looks]
    fresh = [Learnt(photo.digest, "reference", one.row.sku) for one in additions for photo in one.row.photos.all()]
    learnt, prints = (own.learnt, [own.fingerprints]) if own else ((), [])
    nothing = _nothing()
    return Report(
        "photos", tuple(skus), {}, nothing, calibration(nothing), (*learnt, *fresh),
        np.concatenate([*prints, np.stack([look.fingerprint for look in looks])]),
    )  # fmt: skip


def _nothing() -> Answers:
    nobody = np.zeros(0, np.int64)
    return Answers((), nobody, nobody + OTHER, np.zeros((0, BEST), np.int64), np.zeros((0, BEST), np.float32))


@transaction.atomic
def number(claim: Claim, manifest: Manifest, why: str, field: str, state: Onboarding.State, **changes: Any) -> Release:
    """The release and the row that knows it appear together, so a job that runs twice makes one release.

    field: of the row, for the release; changes: what else is told there. Raises Overtaken, ClaimLost.
    """
    line = ModelLine.objects.select_for_update().get(pk=claim.row.line_id)
    if stable_labels(line, [label.name for label in manifest.labels]) != manifest.labels:
        raise Overtaken(f"Another SKU was added to {line} meanwhile.")
    release = numbered(manifest, who=claim.row.who, reason=why)
    claim.moved(state, **{field: release}, **changes)
    return release
