"""Which releases stay in memory: as many as fit into a budget, those that were used last.

Networks are kept as long as a release that uses them is: shared ones go last by themselves. A release goes only when no
photo of its is being read; one that is pinned stays.
"""

import itertools
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

from inference import waiting_room
from inference.asker import Asker
from inference.cache import BackgroundLoads
from inference.errors import ModelLoading, OutOfMemory
from inference.loading import LoadedRelease
from inference.manifest import Manifest, ModelSet
from inference.memory import Ledger
from inference.serving.metrics import EVICTIONS, LOAD_SECONDS, LOADS

ROOM_SECONDS = 60.0
"""Longer than any photo is read: then whatever is in the way is pinned, or will never end."""
NO_ROOM = "There is no room for the model at present. Try again in a few seconds."
logger = logging.getLogger(__name__)


class Load(Protocol):
    def __call__(self, manifest: Manifest, room: Callable[[int], None]) -> LoadedRelease:
        """room: told of the bytes of each part before it is built; returns when they may be taken."""


class Residents:
    """Loads releases when they are first asked for, and again after they had to go.

    budget: in bytes; places: for requests that wait for a release to load.
    """

    def __init__(self, load: Load, budget: int, places: int = waiting_room.LEAST) -> None:
        self.budget = budget
        self._load = load
        self._loads = BackgroundLoads[LoadedRelease](places=places)
        self._room = threading.Condition()
        self._held: dict[str, LoadedRelease] = {}
        self._ledger = Ledger()
        self._coming = Counter[str]()  # bytes that loads have been given
        self._wanting = set[str]()  # loads that wait for room
        self._names: dict[str, str] = {}
        self._used = dict[str, int]()
        self._clock = itertools.count()
        self._readers = Counter[str]()
        self._pinned = frozenset[str]()
        self.evictions = 0

    @contextmanager
    def using(self, models: ModelSet, patience: float | None, asker: Asker | None = None) -> Iterator[LoadedRelease]:
        """The release, which stays in memory meanwhile. asker: of a request; the service itself may always wait.

        Waits up to `patience` seconds while it loads, None is for ever. Raises ModelLoading when it takes longer, when
        too many wait already, or when there is no room for it; ReleaseRefused; OutOfMemory; ClientGone; EngineOffline.
        """
        with self._room:
            self._readers[models.digest] += 1
        try:
            yield self._loads.get(models.digest, lambda: self._fitted(models), patience, asker)
        finally:
            self._left(models.digest)

    def pin(self, digests: Iterable[str]) -> None:
        """These stay, and no others."""
        with self._room:
            self._pinned = frozenset(digests)

    def loading(self) -> bool:
        return self._loads.loading()

    def sizes(self) -> dict[str, int]:
        """Bytes that each release holds for itself, by its name."""
        with self._room:
            return {self._names[digest]: size for digest, size in self._ledger.own.items()}

    def any(self) -> LoadedRelease | None:
        """One of those in memory."""
        with self._room:
            return next(iter(self._held.values()), None)

    def together(self) -> int:
        """Bytes of all of them, shared networks once."""
        with self._room:
            return self._ledger.total

    def close(self) -> None:
        self._loads.close()

    def _fitted(self, models: ModelSet) -> LoadedRelease:
        """Room is made for each part of it before that is built."""
        digest = models.digest
        try:
            release = self._timed(models.manifest, lambda size: self._give_room(digest, size))
        finally:
            with self._room:
                del self._coming[digest]
                self._room.notify_all()
        with self._room:
            self._held[digest] = release
            self._ledger.add(digest, release)
            self._names[digest] = models.name
            self._used[digest] = next(self._clock)
            self._shrink()
        return release

    def _timed(self, manifest: Manifest, room: Callable[[int], None]) -> LoadedRelease:
        began = time.monotonic()
        try:
            release = self._load(manifest, room)
        except Exception as error:
            LOADS.labels(_outcome(error)).inc()
            raise
        LOADS.labels("loaded").inc()
        LOAD_SECONDS.observe(time.monotonic() - began)
        return release

    def _give_room(self, digest: str, size: int) -> None:
        """Raises ModelLoading when everything that could go is in use for too long."""
        end = time.monotonic() + ROOM_SECONDS
        with self._room:
            self._wanting.add(digest)
            try:
                while self._taken() + size > self.budget and not self._evict():
                    if not self._may_change():
                        logger.warning("MODEL_MEMORY_BYTES is smaller than what is pinned and one release more")
                        break
                    if not self._room.wait(end - time.monotonic()):
                        raise ModelLoading(NO_ROOM)
                self._coming[digest] += size
            finally:
                self._wanting.discard(digest)
                self._room.notify_all()

    def _taken(self) -> int:
        return self._ledger.total + self._coming.total()

    def _may_change(self) -> bool:
        """Whether something that is in use will end, or some load that does not wait for room itself."""
        return any(self._readers[digest] for digest in self._held) or bool(self._coming.keys() - self._wanting)

    def _shrink(self) -> None:
        """Nothing is loaded only to go before it was used: what was used last stays, whatever its size."""
        while self._taken() > self.budget and self._evict(but=max(self._used, key=self._used.__getitem__, default="")):
            pass

    def _evict(self, but: str = "") -> bool:
        """The one that nobody has used for longest; False when none can go. but: which must stay."""
        staying = self._pinned | {but}
        idle = [digest for digest in self._held if not self._readers[digest] and digest not in staying]
        if not idle:
            return False
        digest = min(idle, key=lambda digest: self._used[digest])
        self._loads.forget(digest)
        self._ledger.remove(digest, self._held.pop(digest))
        del self._used[digest]
        logger.info("%s makes room for others", self._names.pop(digest))
        self.evictions += 1
        EVICTIONS.inc()
        return True

    def _left(self, digest: str) -> None:
        with self._room:
            self._readers[digest] -= 1
            if not self._readers[digest]:
                del self._readers[digest]
            if digest in self._held:
                self._used[digest] = next(self._clock)
            self._shrink()
            self._room.notify_all()


def _outcome(error: Exception) -> str:
    """Of a load, for the metrics."""
    if isinstance(error, ModelLoading):
        return "no_room"
    return "no_memory" if isinstance(error, OutOfMemory) else "refused"
