"""manage.py keep_worker: what serve_demo starts beside the server."""

import os
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

LOOK = 0.5
FAREWELL = 5.0
PAUSE = 3.0


class Command(BaseCommand):
    help = (
        "Run the worker (manage.py qcluster) again whenever it ends, for as long as the process that started it lives."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--parent", type=int, default=os.getppid(), help="that process, if not the one that calls")

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, _interrupted)
        worker = _started()
        with suppress(KeyboardInterrupt):
            while os.getppid() == options["parent"]:
                if worker.poll() is not None:
                    self.stderr.write(f"The worker ended ({worker.returncode}); another starts in {PAUSE:.0f} seconds.")
                    time.sleep(PAUSE)
                    _end(worker)
                    worker = _started()
                time.sleep(LOOK)
        _end(worker)


def _started() -> "subprocess.Popen[bytes]":
    """In a session of its own: Ctrl-C reaches this process, which ends the worker with all its children."""
    return subprocess.Popen([sys.executable, "manage.py", "qcluster"], cwd=settings.BASE_DIR, start_new_session=True)


def _interrupted(*_: Any) -> None:
    raise KeyboardInterrupt


def _end(worker: "subprocess.Popen[bytes]") -> None:
    """It may finish what it is doing, for some seconds; what is killed is done again by the next one."""
    with suppress(KeyboardInterrupt, subprocess.TimeoutExpired):
        worker.terminate()
        worker.wait(FAREWELL)
    with suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
