"""What a replica answers, whatever it is served by."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections

from inference.asker import Asker
from inference.errors import InferenceError
from inference.image_errors import ImageError
from inference.results import Classification, Reading
from modelstore.catalogue import model_set_of
from skuapi import engine
from skuapi.photo import Photo, opened
from skuapi.wire import replica
from skuapi.wire.replica import Ask

logger = logging.getLogger(__name__)


def predicted(header: str, data: bytes, gone: Callable[[], bool]) -> dict[str, Any]:
    """header: the ask, as web hosts write it; data: the photo's bytes; gone: whether the web host has hung up."""
    began = time.monotonic()
    try:
        ask = replica.decode_ask(header)
        until = began + ask.seconds_left(time.time())
        return replica.encode_answer(_answer(ask, opened(data), until, gone))
    except (InferenceError, ImageError) as error:
        return replica.encode_failure(error)
    except Exception as error:
        logger.exception("a photo could not be read")
        return replica.encode_failure(error)
    finally:
        close_old_connections()


def _answer(ask: Ask, photo: Photo, deadline: float, gone: Callable[[], bool]) -> Reading | Classification:
    models, backend = model_set_of(ask.release, ask.digest), engine.backend()
    if ask.mode == "product":
        return backend.read_product(models, photo, deadline)
    if ask.mode == "idle":
        return backend.read_when_idle(models, photo, ask.options, deadline)
    asker = Asker(ask.flow, photo.digest, gone)
    if ask.mode == "classify":
        return backend.classify(models, photo, deadline, asker)
    return backend.read(models, photo, ask.options, deadline, asker)


def status() -> dict[str, Any]:
    return replica.encode_status(engine.backend().status())
