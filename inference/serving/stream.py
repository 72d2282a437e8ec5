"""A thread that computes one step after another."""

import logging
import threading
import time
from collections.abc import Callable

import torch

Step = Callable[[], None]
logger = logging.getLogger(__name__)


class Stream(threading.Thread):
    """next_step: waits for a step, and answers None when there will be no more; threads: of torch's, for this one."""

    def __init__(self, next_step: Callable[[], Step | None], number: int, threads: int) -> None:
        super().__init__(name=f"inference-{number}", daemon=True)
        self._next_step = next_step
        self._threads = threads
        self._began: float | None = None

    def busy_for(self) -> float:
        """Seconds at the step in hand."""
        began = self._began
        return 0.0 if began is None else time.monotonic() - began

    def run(self) -> None:
        if torch.get_num_threads() != self._threads:
            torch.set_num_threads(self._threads)
        while (step := self._next_step()) is not None:
            self._began = time.monotonic()
            try:
                step()
            except Exception:
                logger.exception("a step failed in an unforeseen way; its photos will not be answered")
            self._began = None
            del step  # with its photos, which would stay in memory until the next ones come
