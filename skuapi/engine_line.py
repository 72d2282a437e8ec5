"""How the engine is, in one line, for pages that must not wait for it."""

import threading
import time
from dataclasses import dataclass

from skuapi import engine

KEPT_SECONDS = 3.0
WAIT_SECONDS = 0.05


@dataclass(frozen=True)
class EngineLine:
    ready: bool
    text: str


class _Watched:
    """Asks on a thread of its own, at most once at a time; whoever wants to know gets what was last told."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._told = EngineLine(False, "The engine is being asked how it is. Open this page again.")
        self._at = float("-inf")

    def line(self) -> EngineLine:
        if time.monotonic() - self._at > KEPT_SECONDS and self._asking.acquire(blocking=False):
            asking = threading.Thread(target=self._ask, name="engine-line", daemon=True)
            asking.start()
            asking.join(WAIT_SECONDS)
        return self._told

    def _ask(self) -> None:
        try:
            self._told, self._at = _asked(), time.monotonic()
        finally:
            self._asking.release()


def _asked() -> EngineLine:
    backend = engine.backend()
    reason = backend.not_ready()
    if reason:
        return EngineLine(False, reason)
    figures = backend.figures()
    if figures is None:
        return EngineLine(True, "The engine is ready.")
    device = " ".join(filter(None, (figures.runtime.get("device"), figures.runtime.get("precision"))))
    queue = f"{figures.waiting} waiting and {figures.begun} being read of {figures.places} photos at most"
    return EngineLine(True, f"The engine is ready{f' on {device}' if device else ''}: {queue}.")


_watched = _Watched()


def engine_line() -> EngineLine:
    return _watched.line()
