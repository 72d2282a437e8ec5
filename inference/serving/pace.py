"""How long photos take here at present."""

import time

from inference.serving.work import Work

NEWEST = 0.2
GUESS = 0.1
"""Of the cost, before anything is known: tenants take turns from the first photo on."""
LESS_SURE = 0.9


class Pace:
    """cost: seconds of the device for one photo; span: seconds from its beginning to its end. Moving averages."""

    def __init__(self) -> None:
        self.cost = GUESS
        self.span = 0.0
        self._seen = False

    def note(self, cost: float, span: float) -> None:
        share = NEWEST if self._seen else 1.0
        self.cost += share * (cost - self.cost)
        self.span += share * (span - self.span)
        self._seen = True

    def is_too_late_for(self, work: Work) -> bool:
        """Whether it would hardly be ready in time. Each time it says so it is a little less sure: it may be wrong."""
        if time.monotonic() + self.span <= work.deadline:
            return False
        self.span *= LESS_SURE
        return True
