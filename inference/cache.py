"""Weights in memory: loaded on first use, once, however many requests wait."""

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from inference.errors import EngineOffline, ModelLoading
from inference.load_failures import again, let_go

T = TypeVar("T")
LOADING = "The model is loading. Try again in a few seconds."
STOPPING = "The service is stopping. Try again in a few seconds."


class SharedParts(Generic[T]):
    """Values built once per key, and kept as long as anybody uses them; callers of other keys never wait."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._values: WeakValueDictionary[str, T] = WeakValueDictionary()

    def get(self, key: str, build: Callable[[], T]) -> T:
        """The value for `key`; a build that raises leaves nothing behind."""
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            value = self._values.get(key)
            if value is None:
                value = self._values[key] = build()
            return value


class BackgroundLoads(Generic[T]):
    """Loads that go on when nobody waits for them any longer.

    Once a failure has been told, it is told again for `memory` seconds, so that a broken release does not
    cost every request a load; then it is forgotten, so that a repaired file is found.
    """

    def __init__(self, threads: int = 2, memory: float = 5.0) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="load")
        self._guard = threading.Lock()
        self._loads: dict[str, Future[T]] = {}
        self._told_at: dict[str, float] = {}  # of failures
        self._memory = memory

    def get(self, key: str, load: Callable[[], T], patience: float | None) -> T:
        """Wait up to `patience` seconds; None is for ever.

        Raises ModelLoading when the load takes longer, EngineOffline when it will never begin, or what it raised."""
        with self._guard:
            future = self._current(key) or self._started(key, load)
        if failure := _failure(future, patience):
            with self._guard:
                self._told_at.setdefault(key, time.monotonic())
            raise again(failure)
        return future.result()

    def _current(self, key: str) -> Future[T] | None:
        if time.monotonic() - self._told_at.get(key, math.inf) >= self._memory:
            del self._told_at[key], self._loads[key]
        return self._loads.get(key)

    def _started(self, key: str, load: Callable[[], T]) -> Future[T]:
        try:
            future = self._loads[key] = self._pool.submit(_run, load)
        except RuntimeError as error:  # what a closed pool answers
            raise EngineOffline(STOPPING) from error
        return future

    def loading(self) -> bool:
        with self._guard:
            return any(not future.done() for future in self._loads.values())

    def resident(self) -> list[str]:
        """Keys of what is loaded."""
        with self._guard:
            return [key for key, future in self._loads.items() if future.done() and not _failed(future)]

    def forget(self, key: str) -> None:
        """It is loaded again when somebody asks for it."""
        with self._guard:
            self._loads.pop(key, None)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _run(load: Callable[[], T]) -> T:
    try:
        return load()
    except BaseException as failure:
        let_go(failure)
        raise


def _failure(future: "Future[T]", patience: float | None) -> BaseException | None:
    """What the load raised. Raises ModelLoading, EngineOffline.

    The future is asked itself: `concurrent.futures.wait` is not told when one is cancelled before it has begun.
    """
    try:
        return future.exception(patience)
    except TimeoutError:  # of the patience: one that the load raised is returned
        raise ModelLoading(LOADING) from None
    except CancelledError:
        raise EngineOffline(STOPPING) from None


def _failed(future: "Future[T]") -> bool:
    return future.cancelled() or future.exception() is not None
