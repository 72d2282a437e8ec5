"""Weights in memory: loaded on first use, once, however many requests wait."""

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from inference.asker import NOBODY, Asker
from inference.backoff import Backoff
from inference.errors import EngineOffline, ModelLoading
from inference.load_failures import again, let_go
from inference.waiting import done_by
from inference.waiting_room import WaitingRoom

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


@dataclass(eq=False)
class _Load(Generic[T]):
    """until: when its failure is forgotten, once that has been told."""

    future: "Future[T]"
    until: float = math.inf


class BackgroundLoads(Generic[T]):
    """Loads that go on when nobody waits for them any longer.

    Once a failure has been told, it is told again for `memory` seconds, and for longer after each refusal in a row, up
    to `longest`, so that a broken release does not cost every request a load; then it is forgotten, so that a repaired
    file is found.
    """

    def __init__(
        self,
        threads: int = 2,
        memory: float = 5.0,
        longest: float = 600.0,
        clock: Callable[[], float] = time.monotonic,
        places: float = math.inf,
    ) -> None:
        """places: for requests that wait."""
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="load")
        self._guard = threading.Lock()
        self._loads: dict[str, _Load[T]] = {}
        self._backoff = Backoff(memory, longest)
        self._clock = clock
        self._room = WaitingRoom(places)

    def get(self, key: str, load: Callable[[], T], patience: float | None, asker: Asker | None = None) -> T:
        """Wait up to `patience` seconds; None is for ever. asker: of a request; anybody else needs no place to wait.

        Raises ModelLoading when the load takes longer or no place is free, ClientGone, EngineOffline when it will never
        begin, or what it raised.
        """
        with self._guard:
            current = self._current(key) or self._started(key, load)
        self._wait_for(current.future, math.inf if patience is None else time.monotonic() + patience, asker)
        if failure := _failure(current.future):
            with self._guard:
                current.until = min(current.until, self._clock() + self._backoff.seconds(key))
            raise again(failure)
        return current.future.result()

    def _wait_for(self, future: "Future[T]", end: float, asker: Asker | None) -> None:
        if future.done():
            return
        with self._room.place(asker.flow) if asker else nullcontext():
            if not done_by(future, end, asker or NOBODY):
                raise ModelLoading(LOADING)

    def _current(self, key: str) -> _Load[T] | None:
        current = self._loads.get(key)
        return current if current and self._clock() < current.until else None

    def _started(self, key: str, load: Callable[[], T]) -> _Load[T]:
        try:
            started = self._loads[key] = _Load(self._pool.submit(self._run, key, load))
        except RuntimeError as error:  # what a closed pool answers
            raise EngineOffline(STOPPING) from error
        return started

    def _run(self, key: str, load: Callable[[], T]) -> T:
        try:
            value = load()
        except BaseException as failure:
            let_go(failure)
            with self._guard:
                self._backoff.failed(key, failure)
            raise
        with self._guard:
            self._backoff.succeeded(key)
        return value

    def loading(self) -> bool:
        with self._guard:
            return any(not load.future.done() for load in self._loads.values())

    def resident(self) -> list[str]:
        """Keys of what is loaded."""
        with self._guard:
            return [key for key, load in self._loads.items() if load.future.done() and not _failed(load.future)]

    def forget(self, key: str) -> None:
        """It is loaded again when somebody asks for it."""
        with self._guard:
            self._loads.pop(key, None)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _failure(future: "Future[T]") -> BaseException | None:
    """What the load raised. Raises EngineOffline when it never began."""
    if future.cancelled():
        raise EngineOffline(STOPPING)
    return future.exception()


def _failed(future: "Future[T]") -> bool:
    return future.cancelled() or future.exception() is not None
