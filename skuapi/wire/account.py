"""What an integrator can ask about the service itself: status, models, usage."""

from collections.abc import Iterable
from typing import Any

from inference.engine_status import EngineStatus
from modelstore.models import Release
from tenants.models import Usage
from tenants.quota import MonthUsed


def encode_status(status: EngineStatus) -> dict[str, Any]:
    return {
        "gpu_status": status.state,
        "gpu_endpoint": status.endpoint,
        "response_time_ms": None if status.round_trip_ms is None else round(status.round_trip_ms, 2),
        "precision": status.precision,
        "runtime": dict(status.runtime),
    }


def encode_probe() -> dict[str, Any]:
    """What a probe is told when all is well."""
    return {"status": "ok"}


def encode_models(
    releases: Iterable[Release], classifiers: Iterable[Release], labels: dict[int, list[str]]
) -> dict[str, Any]:
    """classifiers: of whole pictures; labels: names of SKUs and classes, by the primary keys of releases."""
    return {
        "success": True,
        "models": [
            {
                "category": release.line.category,
                "brand": release.line.brand,
                "version": release.version,
                "release": str(release),
                "roboflow_model": _roboflow_model(release),
                "skus": labels[release.pk],
            }
            for release in releases
        ],
        "classifiers": [
            {
                "roboflow_model": _roboflow_model(release),
                "version": release.version,
                "release": str(release),
                "classes": labels[release.pk],
            }
            for release in classifiers
        ],
    }


def _roboflow_model(release: Release) -> str:
    """Under /roboflow/."""
    return f"{release.line.slug}/{release.version}"


def encode_usage(month: str, usage: Usage, history: Iterable[MonthUsed]) -> dict[str, Any]:
    return {
        "success": True,
        "month": month,
        "limit": usage.limit,
        "used": usage.used,
        "in_flight": usage.in_flight,
        "remaining": usage.remaining,
        "reset": usage.reset_epoch,
        "history": [{"month": f"{entry.month:%Y-%m}", "used": entry.used} for entry in history],
    }
