"""GET /metrics, for Prometheus: shown to whoever knows METRICS_TOKEN, and to nobody while none is set."""

import hmac
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from skuapi.errors import MetricsRefused, error_response
from skuapi.observability.engine_state import EngineState


def metrics(request: HttpRequest) -> HttpResponse:
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    given = request.headers.get("Authorization", "").encode()
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given, expected):
        return error_response(MetricsRefused())
    register_engine()
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


@cache
def register_engine() -> None:
    """Once, and not before the fork."""
    REGISTRY.register(EngineState())
