"""What a release becomes with some SKUs more, and what that is worth."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inference.manifest import Manifest
from modelstore.models import Onboarding, Release
from modelstore.onboarding.networks import Look

if TYPE_CHECKING:  # torch only loads where a model is really needed
    from inference.head import Head
    from inference.loading import LoadedRelease
    from modelstore.training.prototype import Extended, Kept

Features = NDArray[np.float32]
KEPT, LEFT_OUT = "references_answered_as_before", "named_when_left_out"
VIEWS_NAMED, VIEWS_BEFORE = "views_named", "views_named_by_prototype"
"""Metrics in the manifests of prototypes, and of SKUs that were fitted together."""
LEAST_KEPT = 0.99
"""Of the references of the other SKUs, the share that must be answered as before for nobody to be asked."""


@dataclass(frozen=True, eq=False)
class Addition:
    """An onboarding and what its photos look like."""

    row: Onboarding
    looks: Sequence[Look]

    @property
    def photos(self) -> Features:
        """[P, D]: without variants."""
        return np.stack([look.features[0] for look in self.looks])

    @property
    def features(self) -> Features:
        """[N, D]: with them."""
        return np.concatenate([look.features for look in self.looks])

    def without(self, photo: int) -> "Addition":
        return replace(self, looks=[look for number, look in enumerate(self.looks) if number != photo])


def extend(release: "LoadedRelease", manifest: Manifest, additions: Sequence[Addition]) -> "Extended":
    """Raises TrainingRefused."""
    from modelstore.training.prototype import Newcomer, extended

    rows = {label.name: row for row, label in enumerate(manifest.labels)}
    newcomers = [Newcomer(addition.features, rows.get(addition.row.as_large_as)) for addition in additions]
    return extended(release.head, release.context, release.columns, newcomers, manifest.sku_conf)


def left_out(release: "LoadedRelease", manifest: Manifest, addition: Addition) -> int:
    """How many of its photos get its name from a prototype that learnt the others: an honest guess, if of few."""
    new = len(manifest.labels)
    right = 0
    for photo, look in enumerate(addition.looks):
        head = extend(release, manifest, [addition.without(photo)]).head
        right += int(named(head, look.features[:1], new + 1, manifest.sku_conf)[0] == new)
    return right


def named(head: "Head", features: Features, skus: int, sku_conf: float) -> NDArray[np.int64]:
    """The SKU's row for each of [N, D], -1 for an answer that is not sure enough."""
    from inference.head import surest

    rows, sure = surest(head.probabilities(features), skus)
    return np.where(sure >= sku_conf, rows, -1)


def lookalikes(release: "LoadedRelease", manifest: Manifest, photos: Features) -> Counter[str]:
    """The SKUs that photos [P, D] are named today, and how many of them."""
    rows = named(release.head, photos, len(manifest.labels), manifest.sku_conf)
    return Counter(manifest.labels[row].name for row in rows.tolist() if row >= 0)


def kept_told(kept: "Kept", manifest: Manifest) -> str:
    """A sentence."""
    changed = ", ".join(f"{manifest.labels[row].name} ({count})" for row, count in kept.changed.items())
    told = f"Of {kept.references} references of the other SKUs, {kept.unchanged} are answered as before"
    return f"{told} ({kept.share:.1%}); not those of {changed}." if changed else f"{told} ({kept.share:.0%})."


def metrics_of(before: Release, additions: Sequence[Addition], kept: float) -> dict[str, Any]:
    """As they stand in the manifest."""
    photos = {one.row.sku: len(one.looks) for one in additions}
    return {"extends": str(before), "photos": photos, KEPT: round(kept, 4)}
