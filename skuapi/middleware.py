"""What every response has: a request id, and plain HTTP refused where the service is public."""

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from skuapi.errors import HttpsRequired, error_response

Handler = Callable[[HttpRequest], HttpResponse]

SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")
API_PATHS = ("/api/", "/roboflow/")
PAGES = ("/api/login", "/api/logout")  # below /api/, but for people
_request_id: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIdFilter(logging.Filter):
    """Puts the id of the request into every log line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _request_id.get()
        return True


class RequestIdMiddleware:
    """Keeps the client's own id if it is sane."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if SANE_ID.fullmatch(given) else uuid.uuid4().hex
        _request_id.set(request_id)  # never reset: Django reports a 5xx after the last middleware has returned
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class HttpsMiddleware:
    """Over plain HTTP the API answers 403 and pages redirect: a redirected POST would already have leaked its key."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.REQUIRE_HTTPS or request.is_secure():
            return self.get_response(request)
        if request.path_info.startswith(API_PATHS) and request.path_info not in PAGES:
            return error_response(HttpsRequired())
        return HttpResponsePermanentRedirect(f"https://{request.get_host()}{request.get_full_path()}")
