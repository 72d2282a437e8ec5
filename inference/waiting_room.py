"""How many requests may wait for something: each holds a thread of the web server, and its photo."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from inference.errors import InferenceError, ModelLoading

FULL = "The model is loading, and enough requests wait for it already. Try again in a few seconds."
LEAST = 8


def places_beside(queue_size: int) -> int:
    """A quarter of the queue's: its usual 64 and these 16 leave every sixth of 96 web threads to all other requests."""
    return max(LEAST, queue_size // 4)


class WaitingRoom:
    """Holds `places` requests, of one tenant at most a share of them: whoever uses one model keeps nobody from another.

    refusal: what those are told for whom there is no place.
    """

    def __init__(
        self, places: float, share: float = 0.5, refusal: Callable[[], InferenceError] = lambda: ModelLoading(FULL)
    ) -> None:
        self._places = places
        self._each = places * share
        self._refusal = refusal
        self._guard = threading.Lock()
        self._held = Counter[str]()

    @contextmanager
    def place(self, flow: str) -> Iterator[None]:
        """Raises the refusal where none is free."""
        with self._guard:
            if self._held.total() >= self._places or self._held[flow] >= self._each:
                raise self._refusal()
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
