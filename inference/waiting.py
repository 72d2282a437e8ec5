"""Waiting for an answer no longer than whoever asked for it."""

import time
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from typing import Any

from inference.asker import Asker
from inference.errors import ClientGone

LOOK_SECONDS = 0.5
"""How often it is looked whether whoever asked is still there."""


def done_by(answer: "Future[Any]", end: float, asker: Asker) -> bool:
    """Whether it is done, or cancelled, before `end` (time.monotonic seconds). Raises ClientGone."""
    while not answer.done() and (left := end - time.monotonic()) > 0:
        # The future is asked itself: `concurrent.futures.wait` is not told when one is cancelled before it has begun.
        with suppress(TimeoutError, CancelledError):
            answer.exception(min(left, LOOK_SECONDS))
        if not answer.done() and asker.gone():
            raise ClientGone
    return answer.done()
