"""The real server around networks that are to be measured: whatever is asked for, they answer.

BENCH_SUBJECT: `demo`, `against` (the demo's detector, full-size encoders), `full` (full-size architectures), `large`
(the largest, for accelerators) or `detector` (nothing is embedded or classified); BENCH_FACINGS: how many facings the
detector of the three last answers.
"""

from skuapi.wsgi import application  # noqa: I001 - sets Django up, which the next imports need

import os

import torch
from django.conf import settings

from bench import photos, releases
from inference.detector import as_tensor
from inference.device import Placement, choose
from inference.engine import Engine
from inference.images import decode
from inference.loading import LoadedRelease, Loader, Room
from inference.manifest import Manifest
from modelstore.store import model_store
from skuapi import engine
from skuapi.backends import local
from skuapi.suspects import suspects

SUBJECT, FACINGS = os.environ["BENCH_SUBJECT"], int(os.environ["BENCH_FACINGS"])
MAKERS = {
    "full": releases.full_size,
    "large": releases.for_accelerators,
    "detector": releases.detector_alone,
}


class Measured(Loader):
    """Whatever release is asked for."""

    def load(self, manifest: Manifest, room: Room = lambda size: None) -> LoadedRelease:
        if SUBJECT == "demo":
            return super().load(manifest, room)
        if SUBJECT == "against":
            return releases.full_size_encoders(self.placement).release
        shelf = photos.shelf(FACINGS, photos.DETECTION_SIZE if SUBJECT == "detector" else photos.SIZE)
        pixels = as_tensor(decode(shelf.jpeg), torch.device("cpu"))
        return MAKERS[SUBJECT](self.placement, pixels, shelf.boxes).release


def _built() -> Engine:
    placement: Placement = choose(settings.DEVICE, settings.PRECISION)
    return Engine(Measured(model_store(), placement), settings.QUEUE_SIZE, 600.0, suspects=suspects())


local._built = _built
engine._made.cache_clear()

__all__ = ["application"]
