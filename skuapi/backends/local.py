"""Predictions in this process: its one engine, built on first use. Nothing touches torch, or CUDA, before the fork."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings

from inference.asker import Asker
from inference.engine_status import EngineFigures, EngineStatus
from inference.errors import EngineOffline, ReleaseRefused
from inference.manifest import ModelSet
from inference.results import Classification, Options, Reading
from inference.torch_import import import_torch
from modelstore.catalogue import check_signed, fallback_for, note_refused
from modelstore.store import model_store
from skuapi import preloading
from skuapi.photo import Photo
from skuapi.suspects import suspects

if TYPE_CHECKING:
    from inference.engine import Engine

T = TypeVar("T")
IDLE_SECONDS = 10.0
RUNTIME_FOLDER = settings.DATA_DIR / "runtime"
logger = logging.getLogger(__name__)


class LocalBackend:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._cannot_start = False
        self._tuning = threading.Lock()

    def engine(self) -> Engine:
        """Builds the engine if need be; whoever comes meanwhile waits. Raises EngineOffline."""
        with self._lock:
            if self._engine is None:
                self._engine = self._started()
            return self._engine

    def _started(self) -> Engine:
        try:
            return _built()
        except Exception as error:
            self._cannot_start = True
            logger.exception("the engine cannot start")
            raise EngineOffline("The service has no device to compute on. Tell the operator.") from error

    def warm_up(self) -> None:
        """Build the engine, and load what PRELOAD names."""
        threading.Thread(target=self._try_to_start, name="warm-up", daemon=True).start()

    def _try_to_start(self) -> None:
        with suppress(EngineOffline):  # told in the log, and to whoever asks for a prediction
            engine = self.engine()
            if settings.TUNE and self._tuning.acquire(blocking=False):
                threading.Thread(target=_tune, args=(engine,), name="tuning", daemon=True).start()
            preloading.run(self._preload, engine.releases.pin)

    def _preload(self, models: ModelSet) -> None:
        _answered(models, self.engine().preload)

    def status(self) -> EngineStatus:
        if self._engine is None:
            self.warm_up()
            return EngineStatus("offline" if self._cannot_start else "warming", "inproc://starting", "unknown", None)
        found = self._engine.status()
        return replace(found, state="warming") if found.state == "online" and preloading.left() else found

    def figures(self) -> EngineFigures | None:
        return None if self._engine is None else self._engine.figures()

    def alive(self) -> bool:
        return self._engine is None or self._engine.alive()

    def close(self) -> None:
        if self._engine is not None:
            self._engine.close()

    def not_ready(self) -> str:
        if self._engine is None:
            return "The engine cannot start: see the log." if self._cannot_start else "The engine is starting."
        if not self._engine.alive():
            return "The engine does not answer."
        left = preloading.left()
        return f"Models of PRELOAD are still loading: {left}." if left else ""

    def check_room(self, flow: str, deadline: float) -> None:
        if self._engine is not None:
            self._engine.check_room(flow, deadline)

    def read(self, models: ModelSet, photo: Photo, options: Options, deadline: float, asker: Asker) -> Reading:
        engine = self.engine()
        return _answered(models, lambda models: engine.predict(models, photo.image, options, deadline, asker))

    def read_product(self, models: ModelSet, photo: Photo, deadline: float) -> Reading:
        check_signed(models)
        return self.engine().predict_product(models, photo.image, deadline)

    def classify(self, models: ModelSet, photo: Photo, deadline: float, asker: Asker) -> Classification:
        engine = self.engine()
        with _refusals_noted(models):
            check_signed(models)
            return engine.classify(models, photo.image, deadline, asker)

    def read_when_idle(self, models: ModelSet, photo: Photo, options: Options, deadline: float) -> Reading:
        check_signed(models)
        return self.engine().read_when_idle(models, photo.image, options, deadline)


def _built() -> Engine:
    """Raises ValueError naming the setting that asks for what is not there."""
    import_torch()
    from inference.device import choose
    from inference.engine import Engine
    from inference.loading import Loader
    from inference.serving.tuning import Choices

    placement = choose(settings.DEVICE, settings.PRECISION)
    loader = Loader(model_store(), placement, settings.ENCODER_DIRS)
    logger.info("engine on %s in %s", placement.device, placement.precision)
    runtime = Choices(RUNTIME_FOLDER, placement).read() if settings.TUNE else None
    return Engine(loader, settings.QUEUE_SIZE, settings.LOAD_WAIT, settings.MODEL_MEMORY_BYTES, suspects(), runtime)


def _tune(engine: Engine) -> None:
    """When something is in memory and nobody has asked for anything for a while; until it is done."""
    from inference.serving.tuning import Choices

    def idle() -> bool:
        return engine.idle_for() > IDLE_SECONDS and not preloading.left()

    choices = Choices(RUNTIME_FOLDER, engine.loader.placement)
    while engine.alive():
        if idle() and engine.tune(choices, idle):
            logger.info("the device is used like this: %s", dict(engine.status().runtime))
            return
        time.sleep(IDLE_SECONDS / 2)


@contextmanager
def _refusals_noted(models: ModelSet) -> Iterator[None]:
    """Where staff see them; nothing takes the release's place."""
    try:
        yield
    except ReleaseRefused as refusal:
        logger.error("%s is refused: %s", models.name, refusal)
        note_refused(models, str(refusal))
        raise


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
