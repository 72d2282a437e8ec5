"""The real web layer around an engine that answers at once: what is left is authentication, quota and JSON."""

import sys; sys.setswitchinterval(0.005)
from skuapi.wsgi import application  # noqa: I001 - sets Django up, which the next imports need

from inference.asker import Asker
from inference.manifest import ModelSet
from inference.results import Facing, Options, Reading
from skuapi import engine
from skuapi.backends.local import LocalBackend
from skuapi.photo import Photo

FACINGS = tuple(Facing(0, "SKU_00_500ML", 0.9, 0.9, (10 * n, 10, 10 * n + 9, 90)) for n in range(50))


class Stub(LocalBackend):
    def read(self, models: ModelSet, photo: Photo, options: Options, deadline: float, asker: Asker) -> Reading:
        return Reading(models.name, ("SKU_00_500ML",), FACINGS, photo.image.size, {"queue": 0.0})

    def warm_up(self) -> None:
        """Nothing is loaded."""


stub = Stub()
engine.backend = lambda: stub

__all__ = ["application"]
