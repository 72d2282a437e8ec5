"""The photos that may have stopped a process of this machine."""

import threading
from functools import cache

from django.conf import settings

from inference.serving.suspects import Suspects

_making = threading.Lock()


def suspects() -> Suspects:
    """Made on first use, which is after the fork: its journal is this process's own."""
    with _making:
        return _made()


@cache
def _made() -> Suspects:
    return Suspects(settings.DATA_DIR / "suspects")
