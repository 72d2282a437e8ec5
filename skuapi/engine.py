"""The one engine of this process, built on first use: nothing touches torch, or CUDA, before the fork."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings

from inference.asker import NOBODY, Asker
from inference.engine_status import EngineFigures, EngineStatus
from inference.errors import EngineOffline, ReleaseRefused
from inference.manifest import ModelSet
from inference.results import Options, Reading
from inference.torch_import import import_torch
from modelstore.catalogue import check_signed, fallback_for
from modelstore.store import model_store
from skuapi import preloading
from skuapi.suspects import suspects

if TYPE_CHECKING:
    from PIL import Image

    from inference.engine import Engine

T = TypeVar("T")
logger = logging.getLogger(__name__)
_lock = threading.Lock()
_engine: Engine | None = None
_cannot_start = False


def engine() -> Engine:
    """Builds the engine if need be; whoever comes meanwhile waits. Raises EngineOffline."""
    global _engine
    with _lock:
        if _engine is None:
            _engine = _started()
        return _engine


def _started() -> Engine:
    global _cannot_start
    try:
        return _built()
    except ValueError as error:
        _cannot_start = True
        logger.error("the engine cannot start: %s", error)
        raise EngineOffline("The service has no device to compute on. Tell the operator.") from error


def _built() -> Engine:
    """Raises ValueError naming the setting that asks for what is not there."""
    import_torch()
    from inference.device import choose
    from inference.engine import Engine
    from inference.loading import Loader

    placement = choose(settings.DEVICE, settings.PRECISION)
    loader = Loader(model_store(), placement, settings.ENCODER_DIRS)
    logger.info("engine on %s in %s", placement.device, placement.precision)
    return Engine(loader, settings.QUEUE_SIZE, settings.LOAD_WAIT, settings.MODEL_MEMORY_BYTES, suspects())


def warm_up() -> None:
    """Build the engine, and load what PRELOAD names, beside the first requests."""
    threading.Thread(target=_try_to_start, name="warm-up", daemon=True).start()


def _try_to_start() -> None:
    with suppress(EngineOffline):  # told in the log, and to whoever asks for a prediction
        preloading.run(_preload, engine().releases.pin)


def _preload(models: ModelSet) -> None:
    _answered(models, engine().preload)


def status() -> EngineStatus:
    if _engine is None:
        warm_up()
        return EngineStatus("offline" if _cannot_start else "warming", "inproc://starting", "unknown", None)
    found = _engine.status()
    return replace(found, state="warming") if found.state == "online" and preloading.left() else found


def figures() -> EngineFigures | None:
    """None before the engine is built."""
    return None if _engine is None else _engine.figures()


def alive() -> bool:
    """False when the worker has died or is stuck, so that only another process helps."""
    return _engine is None or _engine.alive()


def close() -> None:
    """Whoever waits is told that the service stops."""
    if _engine is not None:
        _engine.close()


def not_ready() -> str:
    """Why this process should get no requests yet, as a sentence; empty when it should."""
    if _engine is None:
        return "The engine cannot start: see the log." if _cannot_start else "The engine is starting."
    if not _engine.alive():
        return "The engine does not answer."
    left = preloading.left()
    return f"Models of PRELOAD are still loading: {left}." if left else ""


def check_room(flow: str) -> None:
    """Raises QueueFull when a photo of that tenant would find no place now: nothing need be done for it then."""
    if _engine is not None:
        _engine.check_room(flow)


def read_product(models: ModelSet, image: Image.Image, deadline: float) -> Reading:
    """Read a photo that one product fills. Raises what Engine.predict raises."""
    check_signed(models)
    return engine().predict_product(models, image, deadline)


def read_when_idle(models: ModelSet, image: Image.Image, options: Options, deadline: float) -> Reading:
    """Read a photo that nobody waits for, with this release or none. Raises what Engine.read_when_idle raises."""
    check_signed(models)
    return engine().read_when_idle(models, image, options, deadline)


def read(models: ModelSet, image: Image.Image, options: Options, deadline: float, asker: Asker = NOBODY) -> Reading:
    """Read a shelf with this release; with one that served before it, if this one is refused.

    The answer names the release that was really used. Raises what Engine.predict raises.
    """
    return _answered(models, lambda models: engine().predict(models, image, options, deadline, asker))


def _answered(models: ModelSet, ask: Callable[[ModelSet], T]) -> T:
    tried = set[str]()
    while True:
        try:
            check_signed(models)
            return ask(models)
        except ReleaseRefused as refusal:
            logger.error("%s is refused: %s", models.name, refusal)
            tried.add(models.digest)
            earlier = fallback_for(models, str(refusal), tried)
            if earlier is None:
                raise
            logger.error("%s answers in its place", earlier.name)
            models = earlier
