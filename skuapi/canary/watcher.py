"""The thread of this process that lets candidates read, on the engine's idle time. No answer waits for it."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from django.db import close_old_connections

from inference.comparison import compare
from inference.errors import DeadlineExceeded, EngineOffline, InferenceError, ModelLoading, OutOfMemory, ReleaseRefused
from inference.manifest import ModelSet
from inference.results import Reading
from modelstore import canaries
from modelstore.catalogue import model_set
from skuapi import engine

if TYPE_CHECKING:
    from skuapi.canary.sighting import Sighting

logger = logging.getLogger(__name__)

WAITING = 2
"""Photos that wait for the thread. Decoded, the largest takes 75 MB."""
PAUSE_SECONDS = 1.0
NO_TIME = (DeadlineExceeded, ModelLoading, EngineOffline, OutOfMemory)
"""The engine had more to do: not the candidate's fault."""


class Watcher:
    """Takes photos without ever waiting, and counts those for which there is no room or no time."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Sighting] = queue.Queue(WAITING)
        self._guard = threading.Lock()
        self._dropped = Counter[int]()
        self._told_at = 0.0
        self._thread: threading.Thread | None = None

    def offer(self, sighting: Sighting) -> None:
        try:
            self._waiting.put_nowait(sighting)
        except queue.Full:
            self._drop(sighting)
        with self._guard:
            if self._thread is None:  # on first use, which is after the fork
                self._thread = threading.Thread(target=self._work, name="canary", daemon=True)
                self._thread.start()

    def _drop(self, sighting: Sighting) -> None:
        with self._guard:
            self._dropped[sighting.canary] += 1

    def _work(self) -> None:
        while True:
            try:
                sighting = self._waiting.get(timeout=PAUSE_SECONDS if self._dropped else None)
            except queue.Empty:
                pass
            else:
                _safely(lambda: self._show(sighting))  # noqa: B023 - called at once
                del sighting  # or the photo would stay in memory until the next one comes
            _safely(self._tell_dropped)

    def _show(self, sighting: Sighting) -> None:
        candidate = canaries.candidate_of(sighting.canary)
        if candidate is None:
            return
        models = model_set(candidate)
        close_old_connections()  # a pooled connection serves others while this waits for the engine
        reading = self._read(sighting, models)
        if reading:
            canaries.keep(sighting.canary, compare(sighting.reading, reading, sighting.options.sku_conf))

    def _read(self, sighting: Sighting, models: ModelSet) -> Reading | None:
        """None when there was no time, or the candidate had no answer; what is to be told of that has been told."""
        try:
            return engine.backend().read_when_idle(models, sighting.photo, sighting.options, sighting.deadline)
        except NO_TIME:
            self._drop(sighting)
        except ReleaseRefused as refusal:
            _pause(sighting.canary, models, str(refusal), refused=True)
        except InferenceError as error:
            canaries.note_failure(sighting.canary, str(error))
        except Exception as error:
            logger.exception("%s failed on a photo", models.name)
            _pause(sighting.canary, models, f"It failed on a photo: {type(error).__name__}: {error}", refused=False)
        return None

    def _tell_dropped(self) -> None:
        """At most once a second: real traffic writes to the same database."""
        if not self._dropped or time.monotonic() - self._told_at < PAUSE_SECONDS:
            return
        self._told_at = time.monotonic()
        with self._guard:
            told, self._dropped = self._dropped, Counter[int]()
        canaries.note_dropped(told)


def _pause(canary: int, models: ModelSet, reason: str, refused: bool) -> None:
    if canaries.pause(canary, reason, refused):
        logger.error("%s is a canary no more until somebody starts it again: %s", models.name, reason)


def _safely(step: Callable[[], None]) -> None:
    """Whatever goes wrong, a database that is away above all, the next photo finds the thread alive."""
    try:
        step()
    except Exception:
        logger.exception("a photo was not compared")
        time.sleep(PAUSE_SECONDS)
    finally:
        close_old_connections()


@cache
def watcher() -> Watcher:
    return Watcher()
