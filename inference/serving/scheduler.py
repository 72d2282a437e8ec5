"""Owns the device: computes what is waiting, in batches, on its streams.

A stream that is free takes the next step: photos in which to find facings, while there are too few of these to fill a
batch; else facings, of as many photos as fill one. Nothing ever waits for company. A step for which there is no company
has the threads of every stream.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

from inference.errors import EngineOffline
from inference.serving.agenda import Agenda
from inference.serving.batches import Part, detected, embedded, is_lost_device
from inference.serving.metrics import note_batch
from inference.serving.runtime import Runtime
from inference.serving.stream import Step, Stream
from inference.serving.suspects import Suspects
from inference.serving.work import Work

T = TypeVar("T")
logger = logging.getLogger(__name__)
STOPPING = "The service is stopping. Try again in a few seconds."
STOPPED = "The inference worker has stopped. Try again; tell the operator if it lasts."


class Scheduler:
    """suspects: is told which photos are in hand, so that one that stops the process is known afterwards."""

    def __init__(self, runtime: Runtime, places: int, suspects: Suspects | None = None) -> None:
        self.runtime = runtime
        self.places = places
        self._suspects = suspects
        self._turn = threading.Condition()
        self._agenda = Agenda(runtime, places, self._is_suspect)
        self._calls: deque[Callable[[], None]] = deque()
        self._closed = False
        self._retiring = False
        self._computing: set[threading.Thread] = set()
        self._streams = [Stream(self._next_step, number) for number in range(runtime.streams)]
        for stream in self._streams:
            stream.start()

    def submit(self, work: Work) -> None:
        """Its answer comes through `work.answer`. Raises QueueFull, EngineOffline."""
        with self._changing():
            self._agenda.sweep()  # whoever has hung up has no place any more
            self._agenda.put(work)

    def submit_idle(self, work: Work) -> None:
        """Nobody waits for it, so whatever else there is goes first. Only one at a time."""
        with self._changing():
            self._agenda.idle = work

    def call(self, run: Callable[[], Any]) -> "Future[Any]":
        """Run something on the next stream that is free, before any photo."""
        answer: Future[Any] = Future()
        with self._changing():
            self._calls.append(lambda: _answer(run, answer))
        return answer

    def check_room(self, flow: str, deadline: float) -> None:
        """Raises QueueFull when a photo of that tenant would find no place now, or be read too late."""
        with self._turn:
            self._agenda.sweep()
            self._agenda.check_room(flow, deadline)

    def load(self) -> tuple[int, int]:
        """Photos that wait, and photos that have begun."""
        with self._turn:
            return sum(1 for _ in self._agenda.queue), len(self._agenda.begun)

    def alive(self) -> bool:
        return not self._closed and all(stream.is_alive() for stream in self._streams)

    def busy_for(self) -> float:
        """Seconds for which the slowest stream has been at its step."""
        return max(stream.busy_for() for stream in self._streams)

    def close(self) -> None:
        """Streams end after the steps in hand; who still waits is told that the service stops."""
        with self._turn:
            self._closed = True
            for work in self._agenda.everything():
                work.fail(EngineOffline(STOPPING))
            self._turn.notify_all()

    def retire(self) -> None:
        """Streams end when everything is answered; whatever else is submitted raises EngineOffline."""
        with self._turn:
            self._retiring = True
            self._turn.notify_all()

    def join(self) -> None:
        """Waits until the streams of a closed scheduler have ended."""
        for stream in self._streams:
            stream.join()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Raises EngineOffline where nobody would do the work."""
        with self._turn:
            if self._retiring or not self.alive():
                raise EngineOffline(STOPPED)
            yield
            self._turn.notify_all()

    def _next_step(self) -> Step | None:
        """Waits for something to do; None when the stream is to end."""
        stream = threading.current_thread()
        with self._turn:
            self._computing.discard(stream)
            while not self._closed:
                self._agenda.sweep()
                if run := self._run():
                    threads = self._threads()
                    self._computing.add(stream)
                    return Step(run, threads)
                if self._retiring and not self._agenda.everything():
                    break
                self._turn.wait()
        return None

    def _threads(self) -> int:
        """Of torch's, for a step that has just been taken. The streams that have nothing to do lend theirs."""
        alone = not self._computing and not self._calls and not self._agenda.has_more
        return self.runtime.threads * (self.runtime.streams if alone else 1)

    def _run(self) -> Callable[[], None] | None:
        if self._calls:
            return self._calls.popleft()
        for photos, parts in (
            (self._agenda.next_photos, self._agenda.next_parts),
            (self._agenda.idle_photos, self._agenda.idle_parts),
        ):
            if works := photos():
                return lambda: self._detect(works)
            if rows := parts():
                return lambda: self._embed(rows)
        return None

    def _detect(self, works: Sequence[Work]) -> None:
        began = time.monotonic()
        answers = self._computed(lambda: detected(works), works)
        seconds = (time.monotonic() - began) / len(works)
        note_batch("detector", len(works), seconds * len(works))
        with self._turn:
            for work, answer in zip(works, answers, strict=True):
                self._agenda.note_found(work, answer, seconds)
                self._conclude(work, answer)
            self._turn.notify_all()

    def _embed(self, parts: Sequence[Part]) -> None:
        began = time.monotonic()
        failures = self._computed(lambda: embedded(parts), [part.work for part in parts])
        size = sum(part.length for part in parts)
        seconds = (time.monotonic() - began) / size
        note_batch("encoders", size, seconds * size)
        with self._turn:
            for part, failure in zip(parts, failures, strict=True):
                self._agenda.note_embedded(part, failure, seconds * part.length)
                self._conclude(part.work, failure)
            self._turn.notify_all()

    def _computed(self, step: Callable[[], list[T]], works: Sequence[Work]) -> "list[T] | list[Exception]":
        """What a step answers for each work; a failure that nobody foresaw is every one's."""
        try:
            with self._in_hand(works):
                return step()
        except Exception as error:
            logger.exception("a batch failed in an unforeseen way")
            return [error] * len(works)

    def _conclude(self, work: Work, answer: object) -> None:
        """A device that is lost computes nothing more in this process. A photo that was read is no suspect."""
        if isinstance(answer, Exception) and is_lost_device(answer):
            logger.error("the device is lost: %s", answer.__cause__ or answer)
            self._closed = True
            for other in self._agenda.everything():
                other.fail(EngineOffline(STOPPED))
        elif self._suspects and work.complete and self._is_suspect(work):
            self._suspects.clear(work.asker.photo)

    @contextmanager
    def _in_hand(self, works: Sequence[Work]) -> Iterator[None]:
        with ExitStack() as stack:
            if self._suspects:
                for work in works:
                    stack.enter_context(self._suspects.in_hand(work.asker.photo))
            yield

    def _is_suspect(self, work: Work) -> bool:
        return bool(self._suspects and work.asker.photo and self._suspects.strikes(work.asker.photo))


def _answer(run: Callable[[], Any], answer: "Future[Any]") -> None:
    if not answer.set_running_or_notify_cancel():
        return
    try:
        answer.set_result(run())
    except Exception as error:  # noqa: BLE001 - whoever asked gets it
        answer.set_exception(error)
