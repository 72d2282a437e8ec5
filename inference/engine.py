"""The engine of a process: it alone owns the device, loads releases, and says no when it is full."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from typing import TypeVar

import torch
from PIL import Image
from torch import Tensor

from inference.asker import NOBODY, Asker
from inference.detector import as_tensor
from inference.engine_status import EngineFigures, EngineStatus
from inference.errors import ClientGone, DeadlineExceeded, EngineOffline
from inference.head import Floats
from inference.loading import LoadedRelease, Loader, Room
from inference.manifest import Manifest, ModelSet
from inference.pipeline import Stopwatch, classification, product_facing, reading, shelf_facings
from inference.results import Classification, Facing, Options, Reading
from inference.serving.budget import spare_memory
from inference.serving.residents import Residents
from inference.serving.runtime import Runtime, usual
from inference.serving.scheduler import Scheduler
from inference.serving.suspects import Suspects
from inference.serving.tuning import Choices, best
from inference.serving.work import Work
from inference.waiting import done_by
from inference.waiting_room import places_beside

T = TypeVar("T")
logger = logging.getLogger(__name__)
PING_SECONDS = 5.0
STUCK_SECONDS = 60.0  # longer than any request may take
Namer = Callable[[ModelSet, LoadedRelease, Tensor, Floats, tuple[int, int]], tuple[Facing, ...]]


class Engine:
    """Photos of all requests share the networks; loads run beside them and never block them."""

    def __init__(
        self,
        loader: Loader,
        queue_size: int = 64,
        load_wait: float = 30.0,
        budget: int | None = None,
        suspects: Suspects | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        """budget: bytes that releases in memory may take together; None or 0 is what the device has to spare.
        suspects: is told which photos are in hand."""
        self.loader = loader
        self.load_wait = load_wait
        memory = budget or spare_memory(loader.placement.device)
        self.releases = Residents(self._load, memory, places_beside(queue_size))
        self._idle = threading.Lock()
        self._suspects = suspects
        self._retired: list[Scheduler] = []
        self._last_asked = time.monotonic()
        self._scheduler = Scheduler(runtime or usual(loader.placement.device), queue_size, suspects)

    def check_room(self, flow: str, deadline: float) -> None:
        """Raises QueueFull when a photo of that tenant would find no place now, or be read too late: nothing need be
        done for it then."""
        self._scheduler.check_room(flow, deadline)

    def predict(
        self, models: ModelSet, image: Image.Image, options: Options, deadline: float, asker: Asker = NOBODY
    ) -> Reading:
        """Read a shelf before `deadline` (time.monotonic seconds).

        Raises ReleaseRefused, ModelLoading, QueueFull, DeadlineExceeded, OutOfMemory, InvalidOutput, EngineOffline,
        ClientGone.
        """
        with self._release(models, deadline, asker) as release:
            work = Work(release, _pixels(image), options.det_conf, deadline, asker)
            self._hand_over(work)
            return self._read(models, work, image, asker)

    def predict_product(self, models: ModelSet, image: Image.Image, deadline: float, asker: Asker = NOBODY) -> Reading:
        """As predict, of a photo that one product fills: always one facing, the whole photo."""
        with self._release(models, deadline, asker) as release:
            work = Work.of_product(release, _pixels(image), deadline, asker)
            self._hand_over(work)
            return self._read(models, work, image, asker, product_facing)

    def classify(self, models: ModelSet, image: Image.Image, deadline: float, asker: Asker = NOBODY) -> Classification:
        """What the whole picture shows, in a batch with facings of others. Raises what `predict` raises."""
        with self._release(models, deadline, asker) as release:
            work = Work.of_product(release, _pixels(image), deadline, asker)
            self._hand_over(work)
            seen = _awaited(work.answer, work.deadline, asker)
            return classification(models, release, seen.features, image.size, seen.timings)

    def read_when_idle(self, models: ModelSet, image: Image.Image, options: Options, deadline: float) -> Reading:
        """Read a photo that nobody waits for: it takes no place in the queue, and whoever comes goes first.

        One at a time. Raises what `predict` raises, but for QueueFull.
        """
        with self._release(models, deadline, NOBODY) as release, self._alone(deadline):
            work = Work(release, _pixels(image), options.det_conf, deadline)
            self._hand_over(work, idle=True)
            return self._read(models, work, image, NOBODY)

    @contextmanager
    def _alone(self, deadline: float) -> Iterator[None]:
        """Among those that nobody waits for."""
        if not self._idle.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise DeadlineExceeded
        try:
            yield
        finally:
            self._idle.release()

    def _hand_over(self, work: Work, idle: bool = False) -> None:
        """Raises QueueFull, EngineOffline."""
        self._last_asked = time.monotonic()
        self._ask(lambda scheduler: scheduler.submit_idle(work) if idle else scheduler.submit(work))

    def _ask(self, ask: Callable[[Scheduler], T]) -> T:
        """Once more where another scheduler took its place in this moment."""
        scheduler = self._scheduler
        try:
            return ask(scheduler)
        except EngineOffline:
            if scheduler is self._scheduler:
                raise
            return self._ask(ask)

    def _read(
        self, models: ModelSet, work: Work, image: Image.Image, asker: Asker, named: Namer = shelf_facings
    ) -> Reading:
        """The networks' part is the scheduler's; names are given here, on the thread of whoever asked."""
        seen = _awaited(work.answer, work.deadline, asker)
        watch = Stopwatch()
        with watch.stage("classify"):
            facings = named(models, work.release, seen.found, seen.features, image.size)
        return reading(models, image.size, facings, seen.timings | watch.timings)

    def _release(self, models: ModelSet, deadline: float, asker: Asker) -> AbstractContextManager[LoadedRelease]:
        """In memory, loading it if need be; other releases go on being served meanwhile."""
        patience = max(0.0, min(self.load_wait, deadline - time.monotonic()))
        return self.releases.using(models, patience, asker)

    def preload(self, models: ModelSet) -> LoadedRelease:
        """Before anybody asks for it, however long it takes.

        Raises ReleaseRefused, ModelLoading when no room can be made for it, OutOfMemory, EngineOffline.
        """
        with self.releases.using(models, None) as release:
            return release

    def _load(self, manifest: Manifest, room: Room) -> LoadedRelease:
        """A device that is lost while a release is proved computes nothing more in this process."""
        try:
            return self.loader.load(manifest, room)
        except EngineOffline:
            logger.exception("the device is lost")
            self.close()
            raise

    def alive(self) -> bool:
        """Whether the streams still take their turns; costs nothing, and waits for nobody."""
        return self._scheduler.alive() and not self._stuck()

    def _stuck(self) -> bool:
        return max(scheduler.busy_for() for scheduler in self._schedulers()) >= STUCK_SECONDS

    def _schedulers(self) -> list[Scheduler]:
        """Those that were replaced answer what was theirs."""
        return [self._scheduler, *self._retired]

    def status(self) -> EngineStatus:
        """Includes a real round trip through a stream."""
        placement = self.loader.placement
        start = time.monotonic()
        answers = self._answers(start + PING_SECONDS)
        round_trip = (time.monotonic() - start) * 1000 if answers else None
        used = asdict(self._scheduler.runtime)
        return EngineStatus(self._state(answers), f"inproc://{placement.device}", placement.precision, round_trip, used)

    def idle_for(self) -> float:
        """Seconds since somebody last asked for a prediction; 0 while one is being read, or a release loaded."""
        busy = self._scheduler.load() != (0, 0) or self.releases.loading()
        return 0.0 if busy else time.monotonic() - self._last_asked

    def tune(self, choices: Choices, idle: Callable[[], bool]) -> bool:
        """Try how this device is used best, unless that is known, and go on so. idle: whether there is time for it.

        False when there was none, or nothing to try it with."""
        if choices.read() is not None:
            return True
        release = self.releases.any()
        first, device = self._scheduler.runtime, self.loader.placement.device
        found = best(release, first, device, idle) if release else None
        if found is None:
            return False
        choices.keep(*found)
        self._adopt(found[0])
        return True

    def _adopt(self, runtime: Runtime) -> None:
        """From the next photo on; those that wait are read as before."""
        if runtime != self._scheduler.runtime:
            before, self._scheduler = self._scheduler, Scheduler(runtime, self._scheduler.places, self._suspects)
            self._retired.append(before)
            before.retire()

    def figures(self) -> EngineFigures:
        """Waits for nobody."""
        placement, runtime = self.loader.placement, self._scheduler.runtime
        words = {name: str(value) for name, value in asdict(runtime).items()}
        words |= {"device": str(placement.device), "precision": placement.precision}
        waiting, begun = self._scheduler.load()
        releases = self.releases
        return EngineFigures(
            words, waiting, begun, self._scheduler.places, releases.together(), releases.budget, releases.sizes()
        )

    def _answers(self, deadline: float) -> bool:
        try:
            _awaited(self._ask(lambda scheduler: scheduler.call(lambda: None)), deadline)
        except EngineOffline:
            return False
        except DeadlineExceeded:  # behind other work, or behind a step that will never end
            return not self._stuck()
        return True

    def _state(self, answers: bool) -> str:
        if not answers:
            return "offline"
        return "warming" if self.releases.loading() and not self.releases.sizes() else "online"

    def close(self) -> None:
        for scheduler in self._schedulers():
            scheduler.close()
        self.releases.close()

    def join(self) -> None:
        """Waits until a closed engine computes nothing any more."""
        for scheduler in self._schedulers():
            scheduler.join()


def _pixels(image: Image.Image) -> Tensor:
    """In the machine's memory: they go to the device when their turn comes."""
    return as_tensor(image, torch.device("cpu"))


def _awaited(answer: "Future[T]", deadline: float, asker: Asker = NOBODY) -> T:
    """What is given up before it has begun will never begin."""
    try:
        done = done_by(answer, deadline, asker)
    except ClientGone:
        answer.cancel()
        raise
    if not done and answer.cancel():
        raise DeadlineExceeded
    return answer.result()
