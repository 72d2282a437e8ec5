"""manage.py serve_on_ray: replicas of the engine on a Ray cluster, for web hosts with INFERENCE_BACKEND=ray."""

import argparse
import os
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError

LOOK_SECONDS = 0.5


class Command(BaseCommand):
    help = (
        "Serve predictions from replicas on a Ray cluster. Without --address a cluster of this machine alone is "
        "started, and ends with this command. Web hosts reach the replicas at ENGINE_URL."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add = parser.add_argument
        add("--address", default="", help="of a running cluster: host:port, or auto on one of its machines")
        add("--replicas", type=int, nargs=2, default=(1, 1), metavar=("LEAST", "MOST"))
        add("--places", type=int, default=64, help="photos that a replica takes, and that wait before all of them")
        add("--busy", type=float, default=8, help="photos in a replica at which another is started")
        add("--cpus", type=float, default=1, help="of each replica")
        add("--gpus", type=float, default=0, help="of each replica")
        add("--host", default="127.0.0.1", help="where the replicas listen")
        add("--port", type=int, default=8100)
        add("--parent", type=int, default=0, help="end with that process, which has started this one")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            from skuapi.replica import cluster
        except ImportError as error:
            raise CommandError("Ray is not installed. Run: pip install -r requirements-ray.txt") from error
        least, most = options["replicas"]
        if not 0 <= least <= most or not most:
            raise CommandError("--replicas takes the least and the most, as in --replicas 1 4.")
        size = cluster.Size(least, most, options["places"], options["busy"], options["cpus"], options["gpus"])
        cluster.start(size, options["address"], options["host"], options["port"])
        self.stdout.write(f"serving at http://{options['host']}:{options['port']}")
        _until_told(options["parent"])
        cluster.stop(whole=not options["address"])


def _until_told(parent: int) -> None:
    """By a signal, or by the end of the parent, if there is one."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    while not told.wait(LOOK_SECONDS) and parent in (0, os.getppid()):
        pass
