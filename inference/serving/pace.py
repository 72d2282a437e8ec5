"""How long photos take here at present."""

import time

from inference.serving.work import Work

NEWEST = 0.2
GUESS = 0.1
"""Of the cost, before anything is known: tenants take turns from the first photo on."""
MARGIN = 2.0
"""Mean deviations beyond the mean: a photo that is begun and not ready in time has cost as much as one that is."""
CAUTION = 1.2
LESS_SURE = 0.9
EVERY_SECONDS = 1.0


class Pace:
    """cost: seconds of the device for one photo; span: seconds from its beginning to its end; deviation: of the span.
    Moving averages."""

    def __init__(self) -> None:
        self.cost = GUESS
        self.span = 0.0
        self.deviation = 0.0
        self._seen = False
        self._doubted = float("-inf")

    def wait_for(self, photos: int, streams: int) -> float:
        """Seconds until so many are read, as far as is known: each stream reads one while the others read theirs.

        Rather too many: to be told at once that there is no room costs a client less than to wait for nothing."""
        return CAUTION * photos * self.cost / streams if self._seen else 0.0

    def note(self, cost: float, span: float) -> None:
        share = NEWEST if self._seen else 1.0
        if self._seen:
            self.deviation += share * (abs(span - self.span) - self.deviation)
        self.cost += share * (cost - self.cost)
        self.span += share * (span - self.span)
        self._seen = True

    def note_unfinished(self, span: float) -> None:
        """A photo was begun, and was not ready in time after that many seconds."""
        if self._seen and span > self.span:
            self.note(self.cost, span)

    def is_too_late_for(self, work: Work) -> bool:
        """Whether it would hardly be ready in time."""
        if time.monotonic() + self.span + MARGIN * self.deviation <= work.deadline:
            return False
        self._doubt()
        return True

    def _doubt(self) -> None:
        """It may be wrong, and would never learn. Not more often than this: a queue full of late photos is no news."""
        now = time.monotonic()
        if now - self._doubted >= EVERY_SECONDS:
            self._doubted = now
            self.span *= LESS_SURE
            self.deviation *= LESS_SURE
