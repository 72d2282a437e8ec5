"""The same engine inside Ray Serve: replicas share the photos of all web hosts, and Ray keeps enough of them alive.

Needs `requirements-ray.txt`. A replica is a process with Django's settings of its own host and INFERENCE_BACKEND=local.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings
from prometheus_client import start_http_server
from ray import serve
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from skuapi.wire import replica

if TYPE_CHECKING:
    from skuapi.backends.local import LocalBackend

MODELS_KEPT = 64
"""How many models a replica is known for. How many it holds is decided by their size."""
METRICS_PORTS = 10
LONGEST_START = 600.0
"""Seconds after which a replica serves what it has loaded so far."""
LOOK_SECONDS = 0.1
logger = logging.getLogger(__name__)


class Replica:
    """Django is set up here, in the replica's own process, before anything of the service is imported."""

    def __init__(self) -> None:
        django.setup()
        from skuapi import engine
        from skuapi.backends.local import LocalBackend

        self._threads = ThreadPoolExecutor(settings.WEB_THREADS, thread_name_prefix="photo")
        _expose_metrics()
        backend = engine.backend()
        assert isinstance(backend, LocalBackend)
        _start(backend)

    @serve.multiplexed(max_num_models_per_replica=MODELS_KEPT)  # type: ignore[untyped-decorator]
    async def _known_for(self, digest: str) -> str:
        """Photos of a model come to where it is in memory already."""
        return digest

    async def __call__(self, request: Request) -> Response:
        from skuapi import engine
        from skuapi.replica import answering

        if request.url.path == replica.STATUS:
            return JSONResponse(await self._run(answering.status))
        data, gone = await request.body(), threading.Event()
        if not engine.backend().alive():  # until Ray notices, so quick an answer draws photos here: others are asked
            return Response(status_code=replica.NONE_READY)
        await self._known_for(serve.get_multiplexed_model_id())
        try:
            header = request.headers[replica.ASK_HEADER]
            return JSONResponse(await self._run(lambda: answering.predicted(header, data, gone.is_set)))
        except asyncio.CancelledError:  # the web host has hung up
            gone.set()
            raise

    async def _run(self, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def check_health(self) -> None:
        """Ray ends a replica that raises here, and starts another."""
        from skuapi import engine

        if not engine.backend().alive():
            raise RuntimeError("The engine has stopped or hangs.")


def _start(backend: "LocalBackend") -> None:
    """Until it is ready: Ray counts a replica as running, and sends it photos, once it is made.

    Ray waits for that as long as it takes, and asks for no health before. Raises what keeps the engine from starting:
    Ray then tries anew, and tells it where the replicas were started.
    """
    backend.engine()
    backend.warm_up()
    end = time.monotonic() + LONGEST_START
    while (reason := backend.not_ready()) and backend.alive():
        if time.monotonic() >= end:
            logger.warning("photos come before this replica is ready: %s", reason)
            return
        time.sleep(LOOK_SECONDS)


def _expose_metrics() -> None:
    """Replicas on one host take the next ports, in the order in which they start."""
    from skuapi.observability.exposition import register_engine

    if not settings.REPLICA_METRICS_PORT:
        return
    register_engine()
    for port in range(settings.REPLICA_METRICS_PORT, settings.REPLICA_METRICS_PORT + METRICS_PORTS):
        try:
            start_http_server(port)
        except OSError:
            continue
        return
