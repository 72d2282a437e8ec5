"""Ends a process whose engine has stopped or hangs, so that gunicorn starts another: nothing else would help."""

import logging
import os
import threading
import time

from skuapi import engine

LOOK_SECONDS = 1.0
GRACE_SECONDS = 2.0
"""For the answers of those who waited: they are told that the service stops, and their units come back."""
logger = logging.getLogger(__name__)


def start() -> None:
    threading.Thread(target=_watch, name="watchdog", daemon=True).start()


def _watch() -> None:
    while engine.backend().alive():
        time.sleep(LOOK_SECONDS)
    logger.critical("the engine has stopped or hangs: this process ends, and gunicorn starts another")
    engine.backend().close()
    time.sleep(GRACE_SECONDS)
    os._exit(1)
