"""How many requests may wait for models that are loading: each holds a thread of the web server, and its photo."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from inference.errors import ModelLoading

FULL = "The model is loading, and enough requests wait for it already. Try again in a few seconds."
LEAST = 8


def places_beside(queue_size: int) -> int:
    """A quarter of the queue's: its usual 64 and these 16 leave every sixth of 96 web threads to all other requests."""
    return max(LEAST, queue_size // 4)


class WaitingRoom:
    """Holds `places` requests, of one tenant at most half as many: whoever uses one model keeps nobody from another."""

    def __init__(self, places: float) -> None:
        self._places = places
        self._guard = threading.Lock()
        self._held = Counter[str]()

    @contextmanager
    def place(self, flow: str) -> Iterator[None]:
        """Raises ModelLoading where none is free."""
        with self._guard:
            if self._held.total() >= self._places or self._held[flow] >= self._places / 2:
                raise ModelLoading(FULL)
            self._held[flow] += 1
        try:
            yield
        finally:
            self._leave(flow)

    def _leave(self, flow: str) -> None:
        with self._guard:
            self._held[flow] -= 1
            if not self._held[flow]:
                del self._held[flow]
