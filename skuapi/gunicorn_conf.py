"""How gunicorn runs: one process per accelerator, or several before replicas, a thread for every request that may wait.

More threads than places in the engine's queue, so that a full queue can still be answered.
"""

from typing import Any

from skuapi import settings

worker_class = "gthread"
workers = settings.WEB_PROCESSES
threads = settings.WEB_THREADS
bind = f"{settings.HOST}:{settings.PORT}"
keepalive = 75
graceful_timeout = 65  # the longest request may end
timeout = 120  # of the worker's heartbeat: no limit on a request, which has its own deadline
limit_request_line = 8190  # its most: the query may hold the address of an image, signed
secure_scheme_headers: dict[str, str] = {}  # whether a proxy's word for HTTPS counts is BEHIND_TLS_PROXY's business
accesslog = None  # addresses may hold keys of Roboflow's clients
logger_class = "skuapi.gunicorn_logger.KeylessLogger"
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """After the fork: the engine is built beside the first requests."""
    from skuapi import engine, watchdog
    from skuapi.observability.recorder import recorder

    engine.backend().warm_up()
    watchdog.start()
    recorder.start()


def worker_exit(server: Any, worker: Any) -> None:
    """After the last answer."""
    from skuapi.observability.recorder import recorder

    recorder.stop()
