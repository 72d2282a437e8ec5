"""May a refit take the place of the prototype? Asked when it is published, so that a second look gives the same."""

import numpy as np

from inference.manifest import loads
from modelstore.evaluation.carried import report_of
from modelstore.evaluation.gate import Verdict, judge
from modelstore.models import Onboarding, Release
from modelstore.onboarding.extension import KEPT, LEAST_KEPT, VIEWS_BEFORE, VIEWS_NAMED, named
from modelstore.onboarding.networks import Look, loaded, looks

_ENOUGH = 0.9
"""Of the views that the prototype names, the share that a refit must name, too: the prototype has learnt them, while a
refit learns the photos alone, and shelves on which the new SKU does not stand yet say nothing about it."""


def verdict_on(row: Onboarding, refit: Release, prototype: Release, origin: Release) -> Verdict:
    """origin: the release before the prototypes. Raises ReleaseRefused, TrainingRefused."""
    report = report_of(refit)
    if report and len(report.answers):
        return _on_all_photos(row, refit, prototype, origin)
    found = loads(refit.manifest.encode()).metrics
    passed = found[VIEWS_NAMED] >= found[VIEWS_BEFORE] and found[KEPT] >= LEAST_KEPT
    told = f"Of the views of the added SKUs {found[VIEWS_NAMED]} are named rightly, {found[VIEWS_BEFORE]} before."
    return Verdict(passed, told)


def _on_all_photos(row: Onboarding, refit: Release, prototype: Release, origin: Release) -> Verdict:
    """The new SKU by views of its photos, as it would be on a shelf; the others by the promotion gate."""
    others = judge(refit, origin)
    seen = looks(list(row.photos.all()), loaded(refit))
    before, after = (_named(release, row.sku, seen) for release in (prototype, refit))
    told = f"Of {sum(len(look.features) for look in seen)} views of {row.sku} it names {after}, the prototype {before}."
    return Verdict(others.passed and after >= _ENOUGH * before, f"{told} {others.words}", others.comparison)


def _named(release: Release, sku: str, seen: list[Look]) -> int:
    manifest = loads(release.manifest.encode())
    names = [label.name for label in manifest.labels]
    features = np.concatenate([look.features for look in seen])
    rows = named(loaded(release).head, features, len(names), manifest.sku_conf)
    return int((rows == names.index(sku)).sum())
