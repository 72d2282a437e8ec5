"""Releases that a process loads before anybody asks for them, as the setting PRELOAD names them."""

import logging
import threading
from collections.abc import Callable

from django.conf import settings
from django.db import connection

from inference.errors import ReleaseRefused
from inference.manifest import ModelSet
from modelstore.catalogue import model_set
from modelstore.models import ModelLine, Release

ALL = "all"
logger = logging.getLogger(__name__)
_once = threading.Lock()
_left: int | None = None


def left() -> int:
    """How many releases are still to be loaded; a process that has not begun counts what PRELOAD names."""
    return len(settings.PRELOAD) if _left is None else _left


def run(load: Callable[[ModelSet], object]) -> None:
    """Load each in turn, once per process. One that cannot be loaded is told in the log and holds up nobody.

    load: raises ReleaseRefused when neither a release nor one before it is sound."""
    global _left
    if not settings.PRELOAD or not _once.acquire(blocking=False):
        return
    try:
        wanted = [model_set(release) for release in _wanted()]
        for number, models in enumerate(wanted):
            _left = len(wanted) - number
            _tried(models, load)
    finally:
        _left = 0
        connection.close()  # this thread's own, and it ends


def _wanted() -> list[Release]:
    if ALL in settings.PRELOAD:
        return list(Release.objects.filter(status=Release.Status.ACTIVE).select_related("line").defer("manifest"))
    return [release for name in settings.PRELOAD for release in _active(name)]


def _active(name: str) -> list[Release]:
    try:
        release = ModelLine.called(name).active()
    except ModelLine.DoesNotExist as error:
        logger.error("PRELOAD: %s", error)
        return []
    if release is None:
        logger.error("PRELOAD: no release of %s is active: manage.py activate_release makes one answer", name)
    return [release] if release else []


def _tried(models: ModelSet, load: Callable[[ModelSet], object]) -> None:
    try:
        load(models)
    except ReleaseRefused:
        logger.error("PRELOAD: %s cannot be loaded, nor any release before it", models.name)
    else:
        logger.info("PRELOAD: %s is loaded", models.name)
