"""Releases that a process loads before anybody asks for them, as the setting PRELOAD names them.

They stay in memory, and the process follows: what is activated later is loaded before long, too.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from inference.errors import EngineOffline, ModelLoading, OutOfMemory, ReleaseRefused
from inference.manifest import ModelSet
from modelstore.catalogue import model_set
from modelstore.models import ModelLine, Release

ALL = "all"
FOLLOW_SECONDS = 30.0
"""How often it is looked whether other releases are active."""
AGAIN_SECONDS = 5.0
"""How soon the first round is begun anew where it could not be ended."""
AWAY = (DatabaseError, InterfaceError)
Load = Callable[[ModelSet], object]
Pin = Callable[[Iterable[str]], None]
logger = logging.getLogger(__name__)
_once = threading.Lock()
_left: int | None = None


def left() -> int:
    """How many releases are still to be loaded; a process that has not begun counts what PRELOAD names."""
    return len(settings.PRELOAD) if _left is None else _left


def run(load: Load, pin: Pin) -> None:
    """Load each in turn, once per process, and follow. Nothing but the end of the engine ends this.

    load: raises ReleaseRefused when neither a release nor one before it is sound, ModelLoading and OutOfMemory where
    there is no room for it, EngineOffline when the engine has stopped; pin: keeps these digests in memory.
    """
    global _left
    if not settings.PRELOAD or not _once.acquire(blocking=False):
        return
    try:
        while not _ended(load, pin, first=True):
            time.sleep(AGAIN_SECONDS)
        _left = 0
        while True:
            time.sleep(FOLLOW_SECONDS)
            follow(load, pin)
    except EngineOffline:
        logger.info("PRELOAD: the engine has stopped")


def follow(load: Load, pin: Pin) -> None:
    """What is loaded already costs nothing. A database that is away is waited for. Raises EngineOffline."""
    _ended(load, pin, first=False)


def _ended(load: Load, pin: Pin, first: bool) -> bool:
    """Whether each was tried. Why not is told in the log, for whoever runs the service. Raises EngineOffline."""
    try:
        _round(load, pin, first)
    except EngineOffline:
        raise
    except AWAY as error:
        logger.error("PRELOAD: the database is asked again, see DATABASE_URL and manage.py migrate: %s", error)
        return False
    except Exception:
        logger.exception("PRELOAD: nobody foresaw this, and it is tried again; report it if it lasts")
        return False
    finally:
        connection.close()  # this thread's own
    return True


def _round(load: Load, pin: Pin, first: bool) -> None:
    global _left
    wanted = [models for release in _wanted(first) if (models := _readable(release, first))]
    pin(models.digest for models in wanted)
    for number, models in enumerate(wanted):
        if first:
            _left = len(wanted) - number
        _tried(models, load, first)


def _readable(release: Release, tell: bool) -> ModelSet | None:
    try:
        return model_set(release)
    except ReleaseRefused as refusal:
        if tell:
            logger.error("PRELOAD: %s cannot be loaded: %s", release, refusal)
        return None


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


def _tried(models: ModelSet, load: Load, first: bool) -> None:
    """One that cannot be loaded holds up no other. Raises EngineOffline, and what a database raises that is away."""
    try:
        load(models)
    except (EngineOffline, *AWAY):
        raise
    except ReleaseRefused:
        if first:  # later on it is told when it is activated, and by whoever asks for it
            logger.error("PRELOAD: %s cannot be loaded, nor any release before it", models.name)
    except (ModelLoading, OutOfMemory) as error:
        logger.error("PRELOAD: %s waits for memory; name fewer, or see MODEL_MEMORY_BYTES: %s", models.name, error)
    except Exception:
        logger.exception("PRELOAD: %s failed and is tried again; report it if it lasts", models.name)
    else:
        if first:
            logger.info("PRELOAD: %s is loaded", models.name)
