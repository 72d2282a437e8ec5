"""Starts replicas on a Ray cluster, and ends them."""

from dataclasses import dataclass
from typing import Any

import ray
from django.conf import settings
from ray import serve

from skuapi.replica.deployment import Replica

NAME = "sku"
HEALTH_SECONDS = 5.0
DRAIN_SECONDS = 65.0
"""The longest request may end."""


@dataclass(frozen=True)
class Size:
    """least, most: replicas; places: photos that each takes, and that wait in front of all of them; busy: photos in a
    replica at which another is started; cpus, gpus: of each."""

    least: int
    most: int
    places: int
    busy: float
    cpus: float
    gpus: float


def start(size: Size, address: str, host: str, port: int) -> None:
    """address: of a running cluster; empty starts one on this machine. Returns when the replicas answer."""
    environment = {"INFERENCE_BACKEND": "local", "DJANGO_SETTINGS_MODULE": "skuapi.settings"}
    environment["PYTHONPATH"] = str(settings.BASE_DIR)
    own: dict[str, Any] = {} if address else {"include_dashboard": False, "num_cpus": int(size.most * size.cpus) + 1}
    ray.init(address=address or "local", runtime_env={"env_vars": environment}, **own)
    serve.start(http_options={"host": host, "port": port})
    serve.run(_deployment(size).bind(), name=NAME, route_prefix="/")


def _deployment(size: Size) -> serve.Deployment:
    configured = serve.deployment(
        max_ongoing_requests=size.places,
        max_queued_requests=size.places,
        autoscaling_config={
            "min_replicas": size.least,
            "max_replicas": size.most,
            "initial_replicas": max(1, size.least),
            "target_ongoing_requests": size.busy,
        },
        health_check_period_s=HEALTH_SECONDS,
        health_check_timeout_s=2 * HEALTH_SECONDS,
        graceful_shutdown_timeout_s=DRAIN_SECONDS,
        ray_actor_options={"num_cpus": size.cpus, "num_gpus": size.gpus},
    )
    return configured(Replica)


def stop(whole: bool) -> None:
    """whole: the cluster ends as well."""
    serve.delete(NAME)
    if whole:
        serve.shutdown()  # type: ignore[no-untyped-call]
    ray.shutdown()
