"""Whose photo is next: the tenant's that has had least of the device, and each tenant's own in order of arrival.

Start-time fair queueing: a tenant that comes back from a pause starts at the others' level and has saved nothing up.
"""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator

from inference.errors import QueueFull
from inference.serving.work import Work

ROUNDING = 1e-6
FULL = "All places in the queue are taken. Try again in a few seconds."


class FairQueue:
    """Holds `places` photos, those that have begun included. Not for several threads at once."""

    def __init__(self, places: int) -> None:
        self.places = places
        self._waiting: dict[str, deque[Work]] = {}
        self._had: dict[str, float] = {}
        self._level = 0.0
        self._held = Counter[str]()

    def __iter__(self) -> Iterator[Work]:
        """Every photo that waits."""
        return (work for waiting in self._waiting.values() for work in waiting)

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def check_room(self, flow: str) -> None:
        """Raises QueueFull when `put` would."""
        if self._held.total() >= self.places and self._giver(flow) is None:
            raise QueueFull(FULL)

    def ahead_of(self, flow: str) -> int:
        """How many photos would be read before another one of this tenant's: its own, and as many of each other's."""
        own = self._held[flow]
        return own + sum(min(held, own + 1) for other, held in self._held.items() if other != flow)

    def put(self, work: Work) -> None:
        """A full queue takes it in place of the newest photo of whoever holds most, if that is fairer.

        That photo's request is told QueueFull; else it is raised here.
        """
        self.check_room(work.flow)
        if self._held.total() >= self.places and (giver := self._giver(work.flow)) is not None:
            self._drop(self._waiting[giver][-1], QueueFull(FULL))
        if work.flow not in self._waiting:
            self._had[work.flow] = max(self._had.get(work.flow, 0.0), self._level)
        self._waiting.setdefault(work.flow, deque()).append(work)
        self._held[work.flow] += 1

    def take(self, fits: Callable[[Work], bool], charge: float) -> Work | None:
        """The next photo that fits and is the first of its tenant's.

        The tenant is charged `charge` seconds until `settle` knows what it cost.
        """
        for flow in sorted(self._waiting, key=lambda flow: self._had[flow]):
            work = self._waiting[flow][0]
            if fits(work):
                self._level = max(self._level, self._had[flow])
                self._had[flow] += charge
                work.charged = charge
                self._remove(work)
                return work
        return None

    def spend(self, work: Work, seconds: float) -> None:
        """A photo that was taken has cost so much more; what goes beyond its charge is its tenant's at once."""
        work.cost += seconds
        if work.cost > work.charged:
            self._had[work.flow] += work.cost - work.charged
            work.charged = work.cost

    def had(self, flow: str) -> float:
        """Seconds of the device, from where the tenant started."""
        return self._had.get(flow, 0.0)

    def owes_a_turn(self, flows: Collection[str], charge: float) -> bool:
        """Whether somebody waits who, with another photo, would still have had less than each of these tenants."""
        least = min((self.had(flow) for flow in flows), default=0.0)
        return any(self._had[flow] + charge < least - ROUNDING for flow in self._waiting)

    def settle(self, work: Work) -> None:
        """A photo that was taken is over: it has cost what it has, and its place is free."""
        self._had[work.flow] += work.cost - work.charged
        self._free(work)

    def leave(self, work: Work) -> None:
        """A photo that waits is over."""
        self._remove(work)
        self._free(work)

    def _free(self, work: Work) -> None:
        self._held[work.flow] -= 1
        if not self._held[work.flow]:
            del self._held[work.flow]
        if not self._held:  # nobody is owed anything
            self._had.clear()
            self._level = 0.0

    def _giver(self, flow: str) -> str | None:
        """Who holds so much more than `flow` that it would still not hold less after giving up a photo that waits."""
        most = max(self._waiting, key=lambda other: self._held[other], default=None)
        return most if most is not None and self._held[flow] < self._held[most] - 1 else None

    def _drop(self, work: Work, error: QueueFull) -> None:
        self.leave(work)
        work.fail(error)

    def _remove(self, work: Work) -> None:
        waiting = self._waiting[work.flow]
        waiting.remove(work)
        if not waiting:
            del self._waiting[work.flow]
