"""A photo that was answered, on its way from the response to the canary."""

import logging
import random
import time
from dataclasses import dataclass

from django.conf import settings
from rest_framework.response import Response

from inference.results import Options, Reading
from modelstore.catalogue import Watch
from skuapi.canary.watcher import watcher
from skuapi.photo import Photo

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sighting:
    """canary: its primary key; reading: what the active release answered; deadline: in time.monotonic() seconds."""

    canary: int
    photo: Photo
    options: Options
    reading: Reading
    deadline: float


class WatchedResponse(Response):
    """An answer; the photo behind it, if a canary shall see it, is offered when the last byte has gone."""

    sighting: Sighting | None = None

    def close(self) -> None:
        super().close()
        try:
            if self.sighting:
                watcher().offer(self.sighting)
        except Exception:  # it has been answered, and its connection serves others
            logger.exception("a photo was not offered to the canary")
        finally:
            self.sighting = None


def drawn(watch: Watch, photo: Photo, options: Options, reading: Reading) -> Sighting | None:
    """What the canary shall see of this answer; None where it is not among its share."""
    if random.random() * 100 >= watch.share:
        return None
    return Sighting(watch.canary, photo, options, reading, time.monotonic() + settings.REQUEST_TIMEOUT)
