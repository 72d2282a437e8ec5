"""A thread that computes one step after another."""

import logging
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

import torch

logger = logging.getLogger(__name__)


class Step(NamedTuple):
    """threads: of torch's, which compute it."""

    run: Callable[[], None]
    threads: int


class Stream(threading.Thread):
    """next_step: waits for a step, and answers None when there will be no more."""

    def __init__(self, next_step: Callable[[], Step | None], number: int) -> None:
        super().__init__(name=f"inference-{number}", daemon=True)
        self._next_step = next_step
        self._began: float | None = None

    def busy_for(self) -> float:
        """Seconds at the step in hand."""
        began = self._began
        return 0.0 if began is None else time.monotonic() - began

    def run(self) -> None:
        while (step := self._next_step()) is not None:
            self._began = time.monotonic()
            try:
                if torch.get_num_threads() != step.threads:
                    torch.set_num_threads(step.threads)  # of this thread of ours alone
                step.run()
            except Exception:
                logger.exception("a step failed in an unforeseen way; its photos will not be answered")
            self._began = None
            del step  # with its photos, which would stay in memory until the next ones come
