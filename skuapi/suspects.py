"""The photos that may have stopped a process of this machine."""

from functools import cache

from django.conf import settings

from inference.serving.suspects import Suspects


@cache
def suspects() -> Suspects:
    """Made on first use, which is after the fork: its journal is this process's own."""
    return Suspects(settings.DATA_DIR / "suspects")
