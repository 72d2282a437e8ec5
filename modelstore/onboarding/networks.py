"""The networks of releases in a worker's memory, loaded once, and what they make of photos."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from inference.image_errors import ImageError
from inference.images import decode
from inference.manifest import Manifest, loads
from modelstore.errors import TrainingRefused
from modelstore.evaluation.fingerprints import Fingerprints, fingerprint
from modelstore.models import OnboardingPhoto, Release
from modelstore.photo_store import photo_store
from modelstore.store import ModelStore, model_store

if TYPE_CHECKING:  # torch only loads where a model is really needed
    from inference.loading import LoadedRelease, Loader

Features = NDArray[np.float32]


def loader() -> "Loader":
    """One for the process: releases of a line share detector and encoders."""
    return _loader(model_store())


@lru_cache(maxsize=1)
def _loader(store: ModelStore) -> "Loader":
    from inference.device import choose
    from inference.loading import Loader

    return Loader(store, choose(settings.DEVICE, settings.PRECISION), settings.ENCODER_DIRS)


def loaded(release: Release) -> "LoadedRelease":
    """Raises ReleaseRefused."""
    return loader().load(loads(release.manifest.encode()))


def prove(manifest: Manifest) -> None:
    """As modelstore.proving, with the networks that this process has proved before. Raises ReleaseRefused."""
    loader().load(manifest)


@dataclass(frozen=True, eq=False)
class Look:
    """What a photo looks like: features [V, D], of itself first, then of what it would be on a shelf; fingerprint."""

    features: Features
    fingerprint: Fingerprints


def looks(
    photos: Sequence[OnboardingPhoto], release: "LoadedRelease", told: Callable[[int], object] = lambda _: None
) -> list[Look]:
    """told: is called with the number of photos done. Raises TrainingRefused."""
    found = []
    for number, photo in enumerate(photos):
        told(number)
        found.append(_look(photo, release))
    return found


def _look(photo: OnboardingPhoto, release: "LoadedRelease") -> Look:
    from inference.detector import as_tensor
    from inference.loading import embed_whole
    from modelstore.training.variants import variants

    try:
        image = decode(photo_store().read(photo.digest))
    except (OSError, ImageError) as error:
        raise TrainingRefused(
            f"{photo.name} cannot be read any more ({error}). Withdraw the SKU, and add it again."
        ) from error
    pixels = as_tensor(image, release.detector.device)
    return Look(np.asarray(embed_whole(release, variants(pixels)).numpy(), np.float32), fingerprint(image))
