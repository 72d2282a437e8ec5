"""Counts every answer of the API, and writes a line for it into the log."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from skuapi.observability.metrics import note_response
from skuapi.observability.recorder import recorder
from skuapi.request_id import current_request_id
from tenants.models import ApiKey, RequestRecord

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
    if key and not getattr(request, "is_not_recorded", False):
        _record(request, response, key, endpoint, seconds)
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


def note_asked(request: HttpRequest, category: str, brand: str) -> None:
    """What a prediction was about, for whoever looks for the request later."""
    request.asked = (_storable(category), _storable(brand))  # type: ignore[attr-defined]


def _storable(text: str) -> str:
    """As names are compared, and without what PostgreSQL does not take."""
    return text.strip().replace("\0", "")


def note_found(request: HttpRequest, facings: int) -> None:
    request.found = facings  # type: ignore[attr-defined]


def _record(request: HttpRequest, response: HttpResponse, key: ApiKey, endpoint: str, seconds: float) -> None:
    category, brand = getattr(request, "asked", ("", ""))
    record = RequestRecord(
        tenant=key.tenant,
        key=key,
        at=timezone.now(),
        request_id=current_request_id(),
        endpoint=endpoint,
        status=response.status_code,
        code=getattr(response, "error_code", ""),
        category=category,
        brand=brand,
        release=response.get("X-Model-Release", ""),
        facings=getattr(request, "found", None),
        milliseconds=seconds * 1000,
    )
    recorder.note(record)
