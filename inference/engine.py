"""The engine of a process: it alone owns the device, loads releases, and says no when it is full."""

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Any, TypeVar

from PIL import Image

from inference.cache import BackgroundLoads
from inference.engine_status import EngineStatus
from inference.errors import DeadlineExceeded, EngineOffline, QueueFull
from inference.loading import LoadedRelease, Loader
from inference.manifest import ModelSet
from inference.pipeline import Stopwatch, read_shelf
from inference.results import Options, Reading

T = TypeVar("T")
PING_SECONDS = 5.0
STUCK_SECONDS = 60.0  # longer than any request may take


@dataclass
class _Job:
    run: Callable[[], Any]
    answer: "Future[Any]"


class Engine:
    """Predictions run one after another on one worker thread; loads run beside it and never block it."""

    def __init__(self, loader: Loader, queue_size: int = 64, load_wait: float = 30.0) -> None:
        self.loader = loader
        self.load_wait = load_wait
        self._places = threading.BoundedSemaphore(queue_size)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._releases = BackgroundLoads[LoadedRelease]()
        self._began = time.monotonic()  # of the job in hand
        self._worker = threading.Thread(target=self._work, name="inference", daemon=True)
        self._worker.start()

    def predict(self, models: ModelSet, image: Image.Image, options: Options, deadline: float) -> Reading:
        """Read one photo before `deadline` (time.monotonic seconds).

        Raises ReleaseRefused, ModelLoading, QueueFull, DeadlineExceeded,
        InvalidOutput, EngineOffline.
        """
        release = self.load(models, deadline)
        if not self._places.acquire(blocking=False):
            raise QueueFull("All places in the queue are taken. Try again in a few seconds.")
        watch = Stopwatch(deadline)
        queued = time.monotonic()

        def run() -> Reading:
            watch.timings["queue"] = (time.monotonic() - queued) * 1000
            return read_shelf(models, release, image, options, watch)

        try:
            return self._answer(run, deadline)
        finally:
            self._places.release()

    def load(self, models: ModelSet, deadline: float) -> LoadedRelease:
        """The release in memory, loading it if need be; other releases go on being served meanwhile."""
        patience = max(0.0, min(self.load_wait, deadline - time.monotonic()))
        return self._releases.get(models.digest, lambda: self.loader.load(models.manifest), patience)

    def status(self) -> EngineStatus:
        """Includes a real round trip through the worker."""
        placement = self.loader.placement
        start = time.monotonic()
        try:
            self._answer(lambda: None, start + PING_SECONDS)
        except EngineOffline:
            answers = False
        except DeadlineExceeded:  # behind other work, or behind a job that will never end
            answers = time.monotonic() - self._began < STUCK_SECONDS
        else:
            answers = True
        round_trip = (time.monotonic() - start) * 1000 if answers else None
        return EngineStatus(self._state(answers), f"inproc://{placement.device}", placement.precision, round_trip)

    def _state(self, answers: bool) -> str:
        if not answers:
            return "offline"
        return "warming" if self._releases.loading() and not self._releases.resident() else "online"

    def close(self) -> None:
        self._jobs.put(None)
        self._releases.close()

    def _answer(self, run: Callable[[], T], deadline: float) -> T:
        if not self._worker.is_alive():
            raise EngineOffline("The inference worker has stopped. Try again; tell the operator if it lasts.")
        answer: Future[T] = Future()
        self._jobs.put(_Job(run, answer))
        wait([answer], max(0.0, deadline - time.monotonic()))
        answer.cancel()  # not begun yet: it never will be
        if answer.cancelled() or not answer.done():
            raise DeadlineExceeded("The photo could not be read in time. Try again, or send a smaller one.")
        return answer.result()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            if not job.answer.set_running_or_notify_cancel():
                continue
            self._began = time.monotonic()
            try:
                job.answer.set_result(job.run())
            except Exception as error:  # noqa: BLE001 - the worker outlives every job; the caller gets the error
                job.answer.set_exception(error)
