"""One photo that staff try in admin, read by the engine that serves; nothing is stored, and no quota is used."""

import base64
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from inference.annotation import annotate
from inference.asker import Asker
from inference.manifest import ModelSet
from inference.results import Options, Reading
from skuapi import engine
from skuapi.photo import Photo, opened
from tenants.models import Tenant

UNKNOWN = "unknown"


@dataclass(frozen=True)
class ShelfTrial:
    """counts: names given and how many facings have each, the most frequent first; picture: annotated JPEG, base64;
    milliseconds: from the photo to the answer, waiting included."""

    reading: Reading
    counts: list[tuple[str, int]]
    picture: str
    milliseconds: float


def photo_of(upload: "UploadedFile[Any]") -> Photo:
    """Raises ImageError."""
    return opened(bytes(upload.read(settings.MAX_IMAGE_BYTES + 1)))


TOO_LARGE = f"The photo is too large. Send one of at most {settings.MAX_IMAGE_BYTES // 1024**2} MB."
"""Where the body was dropped unread; a smaller one that is still too large is told by `photo_of`."""


def deadline(tenant: Tenant | None = None) -> float:
    """On time.monotonic; a tenant may be given less time than others."""
    most = float(settings.REQUEST_TIMEOUT)
    return time.monotonic() + (most if tenant is None else tenant.seconds_to_answer(most))


def read_shelf(models: ModelSet, photo: Photo, options: Options, until: float, asker: Asker) -> ShelfTrial:
    """Raises what Engine.predict raises."""
    began = time.monotonic()
    reading = engine.backend().read(models, photo, options, until, asker)
    milliseconds = (time.monotonic() - began) * 1000
    picture = base64.b64encode(annotate(photo.image, reading, options.sku_conf, show_unknown=True)).decode()
    return ShelfTrial(reading, _counts(reading, options.sku_conf), picture, milliseconds)


def _counts(shelf: Reading, sku_conf: float) -> list[tuple[str, int]]:
    return Counter(facing.sku if facing.sku_conf >= sku_conf else UNKNOWN for facing in shelf.facings).most_common()


def in_words(error: Exception, upload: "UploadedFile[Any]") -> str:
    """Errors speak of the field of a request; staff know the name of their file."""
    return str(error).replace("`image`", upload.name or "The photo")
