"""Counts every answer of the API, and writes a line for it into the log."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from skuapi.observability.metrics import note_response
from tenants.models import ApiKey

API = ("/api/", "/roboflow/")
logger = logging.getLogger("skuapi.requests")


class RequestsMiddleware:
    """Neither the query nor a header is written: they may hold keys."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        response = self.get_response(request)
        if request.path_info.startswith(API):
            _tell(request, response, time.monotonic() - began)
        return response


def _tell(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    key: ApiKey | None = getattr(request, "api_key", None)
    tenant = key.tenant.slug if key else ""
    match = request.resolver_match
    endpoint = (match and match.view_name) or "other"
    code = getattr(response, "error_code", "")
    note_response(endpoint, response.status_code, code, tenant, seconds)
    told = {
        "endpoint": endpoint,
        "method": request.method,
        "status": response.status_code,
        "code": code,
        "milliseconds": round(seconds * 1000, 1),
        "tenant": tenant,
        "release": response.get("X-Model-Release", ""),
    }
    words = [str(told[name]) for name in ("method", "endpoint", "status", "code", "milliseconds") if told[name] != ""]
    logger.info(" ".join([*words, "ms"]), extra=told)
