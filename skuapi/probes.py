"""/healthz, /readyz and /metrics: for whatever starts, stops, balances and watches processes.

Answered before host names, HTTPS and keys are looked at, because a probe comes from inside and by a bare address.
"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from skuapi import engine
from skuapi.errors import NotAlive, NotReady, error_response
from skuapi.observability.exposition import metrics
from skuapi.request_id import Handler
from skuapi.wire.account import encode_probe


class ProbesMiddleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = {"/healthz": alive, "/readyz": ready}.get(request.path_info)
        if request.path_info == "/metrics":
            return metrics(request)
        return probe() if probe else self.get_response(request)


def alive() -> HttpResponse:
    """503 when only another process helps: the inference worker has died or is stuck."""
    return well() if engine.backend().alive() else error_response(NotAlive())


def ready() -> HttpResponse:
    """503, with the reason, while this process should get no requests."""
    reason = engine.backend().not_ready() or _without_database()
    if not reason:
        return well()
    response = error_response(NotReady(reason))
    response._has_been_logged = True  # type: ignore[attr-defined] # every start passes here: no error of the log
    return response


def _without_database() -> str:
    """A database without tables is none yet."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM tenants_tenant LIMIT 1")
    except DatabaseError:
        return "The database does not answer, or is not migrated: see the log, and run manage.py migrate."
    return ""


def well() -> HttpResponse:
    response = JsonResponse(encode_probe())
    response["Cache-Control"] = "no-store"
    return response
