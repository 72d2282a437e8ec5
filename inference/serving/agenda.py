"""What is computed next: which photos begin, and which facings make up a batch. Not for several threads at once."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from torch import Tensor

from inference.errors import QueueFull
from inference.serving.batches import Part, alike
from inference.serving.fair_queue import FairQueue
from inference.serving.pace import Pace
from inference.serving.runtime import Runtime
from inference.serving.work import Work

TOO_MANY = "More photos wait than can be read in time. Try again in a few seconds."
LEAST_SHARE = 8
"""Streams divide a batch among them, but not into less than a part of so many."""


class Agenda:
    """Photos wait in a fair queue; those that have begun are finished in the order in which they began.

    is_suspect: whether a photo may have stopped a process; of those only one is begun at a time.
    """

    def __init__(self, runtime: Runtime, places: int, is_suspect: Callable[[Work], bool]) -> None:
        self.runtime = runtime
        self.queue = FairQueue(places)
        self.begun: list[Work] = []
        self.idle: Work | None = None
        self._pace = Pace()
        self._spans = defaultdict[str, Pace](Pace)  # each tenant has photos of its own kind
        self._is_suspect = is_suspect

    def check_room(self, flow: str, deadline: float) -> None:
        """Raises QueueFull for a photo that would find no place, or whose turn would come too late: it is told so at
        once, and nothing need be done for it."""
        self.queue.check_room(flow)
        wait = self._pace.wait_for(self.queue.ahead_of(flow) + 1, self.runtime.streams)
        if self.queue and time.monotonic() + wait > deadline:
            raise QueueFull(TOO_MANY)

    def put(self, work: Work) -> None:
        """Raises QueueFull."""
        self.check_room(work.flow, work.deadline)
        self.queue.put(work)

    def everything(self) -> list[Work]:
        return [*self.queue, *self.begun, *([self.idle] if self.idle else [])]

    @property
    def has_more(self) -> bool:
        """Whether a stream that is free would find something."""
        return bool(self.queue) or _open_rows(self.everything()) > 0

    def sweep(self) -> None:
        """What nobody waits for any longer, or what is too late, is not computed."""
        now = time.monotonic()
        for work in self.everything():
            if now >= work.deadline and not work.over:
                work.expire()
                if work.begun is not None and work is not self.idle:
                    self._spans[work.flow].note_unfinished(now - work.begun)
            self._end_if_over(work)

    def next_photos(self) -> list[Work]:
        """Alike photos in which to find facings, each from whoever's turn it is; they have begun then.

        Only as many as it takes to keep batches of facings full. Those of one product, where nothing is to be
        detected, begin as well.
        """
        works: list[Work] = []
        while len(works) < self.runtime.photos and self._may_begin():
            work = self.queue.take(self._fits(works), self._pace.cost)
            if work is None:
                break
            if self.queue and self._spans[work.flow].is_too_late_for(work):
                work.expire()
                self.queue.settle(work)
                continue
            work.begun = time.monotonic()
            self.begun.append(work)
            if work.found is None:
                work.in_hand += 1
                works.append(work)
        return works

    def _may_begin(self) -> bool:
        """While there are too few facings to fill a batch, or all of them are of tenants who have had more than their
        share: a crowded shelf takes as long as dozens of others, which do not wait for it."""
        if _open_rows(self.begun) < self.runtime.crops:
            return True
        return self.queue.owes_a_turn({work.flow for work in self.begun if work.open_rows}, self._pace.cost)

    def _fits(self, works: Sequence[Work]) -> Callable[[Work], bool]:
        def fits(work: Work) -> bool:
            if self._is_suspect(work) and any(map(self._is_suspect, self.begun)):
                return False
            return not works or work.found is not None or alike(work, works[0])

        return fits

    def next_parts(self) -> list[Part]:
        """The next facings to embed: of whoever has had least, the photos that began first before others. Several
        streams share what there is."""
        share = max(-(-_open_rows(self.begun) // self.runtime.streams), self.runtime.crops // LEAST_SHARE)
        fairly = sorted(self.begun, key=lambda work: self.queue.had(work.flow))
        return _parts(fairly, min(share, self.runtime.crops))

    def idle_photos(self) -> list[Work]:
        """What nobody waits for, unless it has begun."""
        if self.idle is None or self.idle.begun is not None:
            return []
        self.idle.begun = time.monotonic()
        self.idle.in_hand += 1
        return [self.idle]

    def idle_parts(self) -> list[Part]:
        """Few: whoever comes meanwhile waits for them."""
        return _parts([self.idle], self.runtime.idle_crops) if self.idle else []

    def note_found(self, work: Work, answer: Tensor | Exception, seconds: float) -> None:
        """answer: its boxes, or why there are none; seconds: of the device."""
        work.in_hand -= 1
        self._spend(work, seconds)
        if isinstance(answer, Exception):
            work.fail(answer)
        else:
            work.locate(answer)
        self._end_if_done(work)

    def note_embedded(self, part: Part, failure: Exception | None, seconds: float) -> None:
        part.work.in_hand -= 1
        part.work.embedded += part.length
        self._spend(part.work, seconds)
        if failure:
            part.work.fail(failure)
        self._end_if_done(part.work)

    def _spend(self, work: Work, seconds: float) -> None:
        """What nobody waits for costs nobody anything."""
        if work is not self.idle:
            self.queue.spend(work, seconds)

    def _note_pace(self, work: Work, span: float) -> None:
        self._pace.note(work.cost, span)
        self._spans[work.flow].note(work.cost, span)

    def _end_if_done(self, work: Work) -> None:
        if work.complete and not work.over:
            work.finish()
            if work.begun is not None and work is not self.idle:  # which is slow because it lets others go first
                self._note_pace(work, time.monotonic() - work.begun)
        self._end_if_over(work)

    def _end_if_over(self, work: Work) -> None:
        """Wherever it was. One that a stream still has in hand goes on taking its place, and costing its tenant."""
        if not work.over or work.in_hand:
            return
        work.let_go()
        if work is self.idle:
            self.idle = None
        elif work in self.begun:
            self.begun.remove(work)
            self.queue.settle(work)
        elif work.begun is None:
            self.queue.leave(work)


def _open_rows(works: Sequence[Work]) -> int:
    return sum(work.open_rows for work in works)


def _parts(works: Sequence[Work], crops: int) -> list[Part]:
    """They are taken then."""
    parts = []
    for work in works:
        start, count = work.taken, min(work.open_rows, crops)
        if count:
            work.in_hand += 1
            work.taken += count
            crops -= count
            parts.append(Part(work, start, start + count))
    return parts
