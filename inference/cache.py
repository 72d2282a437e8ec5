"""Weights in memory: loaded on first use, once, however many requests wait."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Generic, TypeVar

from inference.errors import ModelLoading

T = TypeVar("T")


class SharedParts(Generic[T]):
    """Values built once per key; callers of other keys never wait for each other."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._values: dict[str, T] = {}

    def get(self, key: str, build: Callable[[], T]) -> T:
        """The value for `key`; a build that raises leaves nothing behind."""
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._values:
                self._values[key] = build()
            return self._values[key]


class BackgroundLoads(Generic[T]):
    """Loads that go on when nobody waits for them any longer."""

    def __init__(self, threads: int = 2) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="load")
        self._guard = threading.Lock()
        self._loads: dict[str, Future[T]] = {}

    def get(self, key: str, load: Callable[[], T], patience: float) -> T:
        """Wait up to `patience` seconds. Raises ModelLoading when the load takes longer.

        A failed load is forgotten once it is reported, so that a repaired file is found.
        """
        with self._guard:
            future = self._loads.get(key) or self._start(key, load)
        try:
            return future.result(patience)
        except FutureTimeoutError as error:
            if future.done():
                raise
            raise ModelLoading("The model is loading. Try again in a few seconds.") from error

    def _start(self, key: str, load: Callable[[], T]) -> Future[T]:
        future = self._loads[key] = self._pool.submit(load)
        future.add_done_callback(lambda done: self._forget_failure(key, done))
        return future

    def _forget_failure(self, key: str, done: Future[T]) -> None:
        if done.cancelled() or done.exception():
            with self._guard:
                self._loads.pop(key, None)

    def loading(self) -> bool:
        with self._guard:
            return any(not future.done() for future in self._loads.values())

    def resident(self) -> list[str]:
        """Keys of what is loaded."""
        with self._guard:
            return [key for key, future in self._loads.items() if future.done()]

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
