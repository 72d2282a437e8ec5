"""Releases that a process loads before anybody asks for them, as the setting PRELOAD names them.

They stay in memory, and the process follows: what is activated later is loaded before long, too.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from django.conf import settings
from django.db import DatabaseError, connection

from inference.errors import EngineOffline, ReleaseRefused
from inference.manifest import ModelSet
from modelstore.catalogue import model_set
from modelstore.models import ModelLine, Release

ALL = "all"
FOLLOW_SECONDS = 30.0
"""How often it is looked whether other releases are active."""
Load = Callable[[ModelSet], object]
Pin = Callable[[Iterable[str]], None]
logger = logging.getLogger(__name__)
_once = threading.Lock()
_left: int | None = None


def left() -> int:
    """How many releases are still to be loaded; a process that has not begun counts what PRELOAD names."""
    return len(settings.PRELOAD) if _left is None else _left


def run(load: Load, pin: Pin) -> None:
    """Load each in turn, once per process, and follow until the engine stops.

    load: raises ReleaseRefused when neither a release nor one before it is sound; pin: keeps these digests in memory.
    """
    if not settings.PRELOAD or not _once.acquire(blocking=False):
        return
    try:
        _load_first(load, pin)
        while True:
            time.sleep(FOLLOW_SECONDS)
            follow(load, pin)
    except EngineOffline:
        logger.info("PRELOAD: the engine has stopped")


def _load_first(load: Load, pin: Pin) -> None:
    global _left
    try:
        wanted = [model_set(release) for release in _wanted(tell=True)]
        pin(models.digest for models in wanted)
        for number, models in enumerate(wanted):
            _left = len(wanted) - number
            _tried(models, load)
    finally:
        _left = 0
        connection.close()  # this thread's own


def follow(load: Load, pin: Pin) -> None:
    """What is loaded already costs nothing. A database that is away is waited for."""
    try:
        wanted = [model_set(release) for release in _wanted(tell=False)]
    except DatabaseError:
        return
    finally:
        connection.close()
    pin(models.digest for models in wanted)
    for models in wanted:
        with suppress(ReleaseRefused):  # told when it was activated, and by whoever asks for it
            load(models)


def _wanted(tell: bool) -> list[Release]:
    """tell: write into the log what PRELOAD names in vain."""
    if ALL in settings.PRELOAD:
        return list(Release.objects.filter(status=Release.Status.ACTIVE).select_related("line").defer("manifest"))
    return [release for name in settings.PRELOAD for release in _active(name, tell)]


def _active(name: str, tell: bool) -> list[Release]:
    try:
        release = ModelLine.called(name).active()
    except ModelLine.DoesNotExist as error:
        reason = str(error)
    else:
        if release:
            return [release]
        reason = f"no release of {name} is active: manage.py activate_release makes one answer"
    if tell:
        logger.error("PRELOAD: %s", reason)
    return []


def _tried(models: ModelSet, load: Load) -> None:
    try:
        load(models)
    except ReleaseRefused:
        logger.error("PRELOAD: %s cannot be loaded, nor any release before it", models.name)
    else:
        logger.info("PRELOAD: %s is loaded", models.name)
