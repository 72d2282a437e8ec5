"""Owns the device: forms batches of what is waiting, and computes them on its streams.

A stream that is free takes the next step: facings that have been found, of as many photos as fill a batch; or, while
there are too few of them, the next photos in which to find some. Nothing ever waits for company.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from inference.errors import EngineOffline
from inference.serving.batches import Part, alike, detected, embedded
from inference.serving.fair_queue import FairQueue
from inference.serving.pace import Pace
from inference.serving.runtime import Runtime
from inference.serving.stream import Step, Stream
from inference.serving.work import Work

STOPPING = "The service is stopping. Try again in a few seconds."
STOPPED = "The inference worker has stopped. Try again; tell the operator if it lasts."
LEAST_SHARE = 8
"""Streams divide a batch among them, but not into less than a part of so many."""


class Scheduler:
    """Photos wait in a fair queue; those that have begun are finished in the order in which they began."""

    def __init__(self, runtime: Runtime, places: int) -> None:
        self.runtime = runtime
        self._turn = threading.Condition()
        self._queue = FairQueue(places)
        self._begun: list[Work] = []
        self._idle: Work | None = None
        self._calls: deque[Step] = deque()
        self._pace = Pace()
        self._closed = False
        self._streams = [Stream(self._next_step, number, runtime.threads) for number in range(runtime.streams)]
        for stream in self._streams:
            stream.start()

    def submit(self, work: Work) -> None:
        """Its answer comes through `work.answer`. Raises QueueFull, EngineOffline."""
        with self._changing():
            self._queue.put(work)

    def submit_idle(self, work: Work) -> None:
        """Nobody waits for it, so whatever else there is goes first. Only one at a time."""
        with self._changing():
            self._idle = work

    def call(self, run: Callable[[], Any]) -> "Future[Any]":
        """Run something on the next stream that is free, before any photo."""
        answer: Future[Any] = Future()
        with self._changing():
            self._calls.append(lambda: _answer(run, answer))
        return answer

    def check_room(self, flow: str) -> None:
        """Raises QueueFull when a photo of that tenant would find no place now."""
        with self._turn:
            self._queue.check_room(flow)

    def alive(self) -> bool:
        return not self._closed and all(stream.is_alive() for stream in self._streams)

    def busy_for(self) -> float:
        """Seconds for which the slowest stream has been at its step."""
        return max(stream.busy_for() for stream in self._streams)

    def close(self) -> None:
        """Streams end after the steps in hand; who still waits is told that the service stops."""
        with self._turn:
            self._closed = True
            for work in (*self._queue, *self._begun, *([self._idle] if self._idle else [])):
                work.fail(EngineOffline(STOPPING))
            self._turn.notify_all()

    def join(self) -> None:
        """Waits until the streams of a closed scheduler have ended."""
        for stream in self._streams:
            stream.join()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Raises EngineOffline where nobody would do the work."""
        with self._turn:
            if not self.alive():
                raise EngineOffline(STOPPED)
            yield
            self._turn.notify_all()

    def _next_step(self) -> Step | None:
        """Waits for something to do; None when the stream is to end."""
        with self._turn:
            while not self._closed:
                self._sweep()
                if step := self._called() or self._detection() or self._embedding() or self._idling():
                    return step
                self._turn.wait()
        return None

    def _sweep(self) -> None:
        """What nobody waits for any longer, or what is too late, is not computed."""
        now = time.monotonic()
        for work in (*self._queue, *self._begun, *([self._idle] if self._idle else [])):
            if now >= work.deadline:
                work.expire()
            if work.over:
                self._end(work)

    def _called(self) -> Step | None:
        return self._calls.popleft() if self._calls else None

    def _detection(self) -> Step | None:
        """Only as many photos are begun as it takes to keep batches of facings full."""
        works = self._next_photos() if _open_rows(self._begun) < self.runtime.crops else []
        return (lambda: self._detect(works)) if works else None

    def _next_photos(self) -> list[Work]:
        """Alike, each from whoever's turn it is. Those of one product, where nothing is to be detected, begin too."""
        works: list[Work] = []
        while len(works) < self.runtime.photos and (work := self._queue.take(_fitting(works), self._pace.cost)):
            if self._queue and self._pace.is_too_late_for(work):
                work.expire()
                self._queue.settle(work)
                continue
            work.begun = time.monotonic()
            self._begun.append(work)
            if work.found is None:
                works.append(work)
        return works

    def _embedding(self) -> Step | None:
        rows = _open_rows(self._begun)
        share = max(-(-rows // self.runtime.streams), self.runtime.crops // LEAST_SHARE)
        parts = _parts(self._begun, min(share, self.runtime.crops))
        return (lambda: self._embed(parts)) if parts else None

    def _idling(self) -> Step | None:
        """One small batch at a time: whoever comes meanwhile waits for no more than that."""
        work = self._idle
        if work is None:
            return None
        if work.begun is None:
            work.begun = time.monotonic()
            return lambda: self._detect([work])
        parts = _parts([work], self.runtime.idle_crops)
        return (lambda: self._embed(parts)) if parts else None

    def _detect(self, works: Sequence[Work]) -> None:
        began = time.monotonic()
        answers = detected(works)
        seconds = (time.monotonic() - began) / len(works)
        with self._turn:
            for work, answer in zip(works, answers, strict=True):
                work.cost += seconds
                if isinstance(answer, Exception):
                    work.fail(answer)
                else:
                    work.locate(answer)
                self._end_if_done(work)
            self._turn.notify_all()

    def _embed(self, parts: Sequence[Part]) -> None:
        began = time.monotonic()
        failures = embedded(parts)
        seconds = (time.monotonic() - began) / sum(part.length for part in parts)
        with self._turn:
            for part, failure in zip(parts, failures, strict=True):
                part.work.embedded += part.length
                part.work.cost += seconds * part.length
                if failure:
                    part.work.fail(failure)
                self._end_if_done(part.work)
            self._turn.notify_all()

    def _end_if_done(self, work: Work) -> None:
        if work.complete and not work.over:
            work.finish()
            if work.begun is not None:
                self._pace.note(work.cost, time.monotonic() - work.begun)
        if work.over:
            self._end(work)

    def _end(self, work: Work) -> None:
        """It is over, wherever it was; a stream may still have some of it in hand."""
        if work is self._idle:
            self._idle = None
        elif work in self._begun:
            self._begun.remove(work)
            self._queue.settle(work)
        elif work.begun is None:
            self._queue.leave(work)


def _open_rows(works: Sequence[Work]) -> int:
    return sum(work.open_rows for work in works)


def _parts(works: Sequence[Work], crops: int) -> list[Part]:
    """The next facings, of the first photos first; they are taken then."""
    parts = []
    for work in works:
        start, count = work.taken, min(work.open_rows, crops)
        if count:
            work.taken += count
            crops -= count
            parts.append(Part(work, start, start + count))
    return parts


def _fitting(works: Sequence[Work]) -> Callable[[Work], bool]:
    return lambda work: not works or work.found is not None or alike(work, works[0])


def _answer(run: Callable[[], Any], answer: "Future[Any]") -> None:
    if not answer.set_running_or_notify_cancel():
        return
    try:
        answer.set_result(run())
    except Exception as error:  # noqa: BLE001 - whoever asked gets it
        answer.set_exception(error)
