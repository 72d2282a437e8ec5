"""The real web layer around an engine that takes some milliseconds: most kills fall between reservation and answer."""

from bench.stub_wsgi import Stub, application  # noqa: I001 - sets Django up, which the next imports need

import random
import time

from django.urls import resolve
from PIL import Image

from inference.asker import Asker
from inference.manifest import ModelSet
from inference.results import Options, Reading
from skuapi import engine
from skuapi.photo import Photo

LONGEST_SECONDS = 0.03


class Dawdler(Stub):
    def read(self, models: ModelSet, photo: Photo, options: Options, deadline: float, asker: Asker) -> Reading:
        time.sleep(random.uniform(0, LONGEST_SECONDS))
        return super().read(models, photo, options, deadline, asker)


dawdler = Dawdler()
engine.backend = lambda: dawdler
# What a new worker would load with its first request, and finds loaded when it was forked.
resolve("/api/v1/predict")
Image.preinit()

__all__ = ["application"]
