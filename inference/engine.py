"""The engine of a process: it alone owns the device, loads releases, and says no when it is full."""

import itertools
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, TypeVar

from PIL import Image

from inference.cache import BackgroundLoads
from inference.encoders import BATCH
from inference.engine_status import EngineStatus
from inference.errors import DeadlineExceeded, EngineOffline, QueueFull
from inference.loading import LoadedRelease, Loader
from inference.manifest import ModelSet
from inference.pipeline import IdleStopwatch, Stopwatch, read_shelf
from inference.results import Options, Reading

T = TypeVar("T")
Reader = Callable[[ModelSet, LoadedRelease, Image.Image, Options, Stopwatch], Reading]
PING_SECONDS = 5.0
STUCK_SECONDS = 60.0  # longer than any request may take


class Rank(IntEnum):
    """Whose turn comes first."""

    AWAITED = 0
    END = 1
    IDLE = 2


@dataclass(order=True)
class _Job:
    """Jobs of one rank take turns in the order in which they came."""

    rank: Rank
    number: int
    run: Callable[[], Any] = field(compare=False)
    answer: "Future[Any]" = field(compare=False)


class Engine:
    """Predictions run one after another on one worker thread; loads run beside it and never block it."""

    def __init__(self, loader: Loader, queue_size: int = 64, load_wait: float = 30.0) -> None:
        self.loader = loader
        self.load_wait = load_wait
        self._places = threading.BoundedSemaphore(queue_size)
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._idle = threading.Lock()
        self._releases = BackgroundLoads[LoadedRelease]()
        self._began: float | None = None  # of the job in hand
        self._worker = threading.Thread(target=self._work, name="inference", daemon=True)
        self._worker.start()

    def predict(
        self, models: ModelSet, image: Image.Image, options: Options, deadline: float, read: Reader = read_shelf
    ) -> Reading:
        """Read one photo before `deadline` (time.monotonic seconds). read: as a shelf, or as one product.

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
            return read(models, release, image, options, watch)

        try:
            return self._answer(run, deadline)
        finally:
            self._places.release()

    def read_when_idle(self, models: ModelSet, image: Image.Image, options: Options, deadline: float) -> Reading:
        """Read a photo that nobody waits for: it takes no place in the queue, and whoever comes goes first.

        One at a time. Raises GaveWay when somebody comes meanwhile, DeadlineExceeded when it is not read by
        `deadline`, ReleaseRefused, ModelLoading, InvalidOutput, EngineOffline.
        """
        release = self.load(models, deadline)
        with self._idle:  # so that whatever else is in the queue is awaited
            watch = IdleStopwatch(deadline, others_wait=lambda: not self._jobs.empty(), portion=self._portion())
            return self._answer(lambda: read_shelf(models, release, image, options, watch), deadline, Rank.IDLE)

    def _portion(self) -> int:
        """Crops that others wait for at most: a CPU may take a tenth of a second for each."""
        return 4 if self.loader.placement.device.type == "cpu" else BATCH

    def load(self, models: ModelSet, deadline: float) -> LoadedRelease:
        """The release in memory, loading it if need be; other releases go on being served meanwhile."""
        patience = max(0.0, min(self.load_wait, deadline - time.monotonic()))
        return self._loaded(models, patience)

    def preload(self, models: ModelSet) -> None:
        """Before anybody asks for it, however long it takes. Raises ReleaseRefused, EngineOffline."""
        self._loaded(models, None)

    def _loaded(self, models: ModelSet, patience: float | None) -> LoadedRelease:
        return self._releases.get(models.digest, lambda: self.loader.load(models.manifest), patience)

    def alive(self) -> bool:
        """Whether the worker still takes its turns; costs nothing, and waits for nobody."""
        return self._worker.is_alive() and not self._stuck()

    def _stuck(self) -> bool:
        began = self._began
        return began is not None and time.monotonic() - began >= STUCK_SECONDS

    def status(self) -> EngineStatus:
        """Includes a real round trip through the worker."""
        placement = self.loader.placement
        start = time.monotonic()
        try:
            self._answer(lambda: None, start + PING_SECONDS)
        except EngineOffline:
            answers = False
        except DeadlineExceeded:  # behind other work, or behind a job that will never end
            answers = not self._stuck()
        else:
            answers = True
        round_trip = (time.monotonic() - start) * 1000 if answers else None
        return EngineStatus(self._state(answers), f"inproc://{placement.device}", placement.precision, round_trip)

    def _state(self, answers: bool) -> str:
        if not answers:
            return "offline"
        return "warming" if self._releases.loading() and not self._releases.resident() else "online"

    def close(self) -> None:
        self._put(Rank.END, lambda: None)
        self._releases.close()

    def _answer(self, run: Callable[[], T], deadline: float, rank: Rank = Rank.AWAITED) -> T:
        if not self._worker.is_alive():
            raise EngineOffline("The inference worker has stopped. Try again; tell the operator if it lasts.")
        answer = self._put(rank, run)
        wait([answer], max(0.0, deadline - time.monotonic()))
        answer.cancel()  # not begun yet: it never will be
        if answer.cancelled() or not answer.done():
            raise DeadlineExceeded("The photo could not be read in time. Try again, or send a smaller one.")
        return answer.result()

    def _put(self, rank: Rank, run: Callable[[], T]) -> "Future[T]":
        answer: Future[T] = Future()
        self._jobs.put(_Job(rank, next(self._numbers), run, answer))
        return answer

    def _work(self) -> None:
        while (job := self._jobs.get()).rank is not Rank.END:
            if not job.answer.set_running_or_notify_cancel():
                continue
            self._began = time.monotonic()
            try:
                job.answer.set_result(job.run())
            except Exception as error:  # noqa: BLE001 - the worker outlives every job; the caller gets the error
                job.answer.set_exception(error)
            self._began = None
            del job  # with its photo, which would stay in memory until the next one comes
