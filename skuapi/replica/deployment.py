"""The same engine inside Ray Serve: replicas share the photos of all web hosts, and Ray keeps enough of them alive.

Needs `requirements-ray.txt`. A replica is a process with Django's settings of its own host and INFERENCE_BACKEND=local.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django
from django.conf import settings
from prometheus_client import start_http_server
from ray import serve
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from skuapi.wire import replica

MODELS_KEPT = 64
"""How many models a replica is known for. How many it holds is decided by their size."""
METRICS_PORTS = 10


class Replica:
    """Django is set up here, in the replica's own process, before anything of the service is imported."""

    def __init__(self) -> None:
        django.setup()
        from skuapi import engine

        engine.backend().warm_up()
        self._threads = ThreadPoolExecutor(settings.WEB_THREADS, thread_name_prefix="photo")
        _expose_metrics()

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


def _expose_metrics() -> None:
    """Replicas on one host take the next ports, in the order in which they start."""
    if not settings.REPLICA_METRICS_PORT:
        return
    for port in range(settings.REPLICA_METRICS_PORT, settings.REPLICA_METRICS_PORT + METRICS_PORTS):
        try:
            start_http_server(port)
        except OSError:
            continue
        return
