"""A brand trained anew on every photo that its releases learnt from, those of the new SKUs among them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from inference.manifest import Manifest, loads
from modelstore.evaluation.asked import from_kept
from modelstore.evaluation.carried import report_of
from modelstore.evaluation.report import Learnt
from modelstore.models import OnboardingPhoto, Release
from modelstore.onboarding.claim import Claim
from modelstore.onboarding.networks import loaded, looks
from modelstore.onboarding.stored import stored_manifest

if TYPE_CHECKING:  # torch only loads where a model is really needed
    from inference.bundle import Regression
    from modelstore.training.photo_folders import ReferencePhoto
    from modelstore.training.views import Views


def usable_photos(prototype: Release) -> Sequence[Learnt]:
    """What it learnt from, if that shows every SKU and is kept; else nothing."""
    own = report_of(prototype)
    learnt = own.learnt if own else ()
    shown = {one.sku for one in learnt} | {box[4] for one in learnt for box in one.boxes}
    skus = {label.name for label in loads(prototype.manifest.encode()).labels}
    asked = from_kept(learnt)
    return learnt if skus <= shown and len(asked.readable()) == len(asked) else ()


def refit_on_all(claim: Claim, prototype: Release, learnt: Sequence[Learnt]) -> tuple[Manifest, str]:
    """And a sentence about it. Raises TrainingRefused, PublishRefused."""
    from modelstore.training.base import base_for  # torch only loads where a model is really needed
    from modelstore.training.detector.for_release import Networks
    from modelstore.training.train import Material, fitted, reported, shelf_prints

    asked = from_kept(learnt)
    skus = [label.name for label in loads(prototype.manifest.encode()).labels]
    material = Material(
        tuple(photo for photo in asked.singles if photo.sku),
        tuple(photo for photo in asked.singles if not photo.sku),
        tuple(photo for _, photo in asked.shelves),
    )
    claim.said(75, f"Training on {len(learnt)} photos")
    line, rows = prototype.line, {sku: row for row, sku in enumerate(skus)}
    networks = Networks(base_for(line.category, line.brand, str(prototype), None))
    views = _views(material.photos, prototype)
    done = fitted(material, shelf_prints(material), rows, networks, progress=False, views=views)
    claim.said(90, "Writing down what it answers")
    report, trained = reported(material, skus, done), done.trained
    regression = _sized(trained.regression, rows, prototype)
    manifest = stored_manifest(prototype, skus, regression, dict(trained.metrics), report)
    return manifest, f"The brand was trained anew on {len(learnt)} photos."


def _views(photos: "Sequence[ReferencePhoto]", prototype: Release) -> "Views | None":
    """SKUs that were added here have few photos: what these would be on a shelf is learnt with them, as the prototype
    did. Without it a refit names fewer of their facings than the prototype."""
    from modelstore.training.views import Views

    added = {photo.digest: photo for photo in OnboardingPhoto.objects.filter(onboarding__line=prototype.line_id)}
    parents = [row for row, photo in enumerate(photos) if photo.digest in added]
    if not parents:
        return None
    seen = [look.features[1:] for look in looks([added[photos[row].digest] for row in parents], loaded(prototype))]
    return Views(np.concatenate(seen), np.repeat(parents, [len(some) for some in seen]))


def _sized(regression: "Regression", rows: Mapping[str, int], prototype: Release) -> "Regression":
    """SKUs that stood on no shelf are as large as somebody said they are."""
    context = regression.context
    if context is None:
        return regression
    sides = context.sizes.log_sides.copy()
    for row in prototype.line.onboardings.exclude(as_large_as="").filter(sku__in=rows, as_large_as__in=rows):
        if np.isnan(sides[rows[row.sku]]).any():
            sides[rows[row.sku]] = sides[rows[row.as_large_as]]
    return replace(regression, context=replace(context, sizes=replace(context.sizes, log_sides=sides)))
