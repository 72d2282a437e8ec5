"""The one table: exception -> status and code. Status numbers of errors are written nowhere else."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import (
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.views.defaults import page_not_found, permission_denied, server_error
from rest_framework import exceptions as drf
from rest_framework.response import Response

from inference import errors as inference
from inference.image_errors import ImageError, ImageTooLarge, ImageTooManyPixels
from modelstore.errors import ModelNotFound
from skuapi.wire import roboflow_error
from skuapi.wire.sku_error import encode_error
from tenants import errors as tenants
from tenants.authentication import CHALLENGE

logger = logging.getLogger(__name__)
R = TypeVar("R", bound=HttpResponse)


class EdgeError(Exception):
    """What the HTTP edge itself refuses. `code` is stable and public; the message says what to do."""

    code: ClassVar[str]


class BodyTooLarge(EdgeError):
    code = "body_too_large"

    def __init__(self) -> None:
        super().__init__("The request body is larger than 7.5 MB. Send an image of at most 5 MB.")


class BodyUnreadable(EdgeError):
    code = "invalid_body"


class FieldInvalid(EdgeError):
    code = "invalid_field"


class FieldMissing(EdgeError):
    code = "missing_field"


class UnknownVersion(EdgeError):
    code = "unknown_version"


class IdempotencyKeyInvalid(EdgeError):
    code = "idempotency_key_invalid"

    def __init__(self, sentence: str = "") -> None:
        super().__init__(
            sentence
            or "Idempotency-Key must be 1 to 255 visible ASCII characters without spaces. Send a new UUID, say."
        )


class HttpsRequired(EdgeError):
    code = "https_required"

    def __init__(self) -> None:
        super().__init__("Plain HTTP is not accepted. Send the request to the same address with https://.")


class PathNotFound(EdgeError):
    code = "not_found"

    def __init__(self, path: str) -> None:
        super().__init__(f"There is no endpoint at {path}. The documentation at / lists them.")


class NotAlive(EdgeError):
    code = "not_alive"

    def __init__(self) -> None:
        super().__init__("The inference worker has stopped or is stuck. Start this process again.")


class NotReady(EdgeError):
    code = "not_ready"


class MetricsRefused(EdgeError):
    """The same whether the token is wrong or none is set."""

    code = "metrics_refused"

    def __init__(self) -> None:
        super().__init__("Send the service's METRICS_TOKEN as a bearer token. The operator sets it in the environment.")


# The first row whose class fits decides: subclasses stand above their bases.
STATUS: tuple[tuple[type[Exception], int], ...] = (
    (ImageError, 400),
    (BodyTooLarge, 413),
    (HttpsRequired, 403),
    (PathNotFound, 404),
    (NotAlive, 503),
    (NotReady, 503),
    (MetricsRefused, 401),
    (EdgeError, 400),
    (tenants.KeyUnknown, 401),
    (tenants.KeyRefused, 403),
    (tenants.QuotaExhausted, 429),
    (tenants.BurstLimited, 429),
    (tenants.IdempotencyMismatch, 422),
    (tenants.AnswerInProgress, 409),
    (tenants.AnswerExpired, 409),
    (ModelNotFound, 404),
    (inference.DeadlineExceeded, 504),
    (inference.InvalidOutput, 502),
    (inference.ClientGone, 499),  # as nginx writes it in its log; nobody reads this answer
    (inference.InferenceError, 503),
    (MemoryError, 503),
    (RequestDataTooBig, 413),
    (TooManyFieldsSent, 400),
    (MultiPartParserError, 400),
    (UnreadablePostError, 400),
    (SuspiciousOperation, 400),
    (Http404, 404),
    (PermissionDenied, 403),
)
# Roboflow's clients know other statuses for these; the rest is as above.
ROBOFLOW_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (tenants.KeyUnknown, 403),
    (tenants.QuotaExhausted, 402),  # 429 would be sent again, three times
    (ImageTooLarge, 413),
    (ImageTooManyPixels, 413),
)
_ROBOFLOW_PATH = re.compile(r"/+roboflow(/|$)")
# Exceptions of libraries have no code of ours: status -> code and sentence.
FOREIGN = {
    400: ("invalid_body", "The request cannot be read. Check the body and its Content-Type."),
    401: ("invalid_api_key", str(tenants.KeyUnknown())),
    403: ("forbidden", "This is not allowed. Reload the page and log in again."),
    404: ("not_found", "There is nothing at this address. The documentation at / lists the endpoints."),
    405: ("method_not_allowed", "This endpoint does not take that method. See the Allow header."),
    413: ("body_too_large", str(BodyTooLarge())),
    415: ("unsupported_media_type", "Send the body as application/json or multipart/form-data."),
    500: ("internal_error", "The service failed. Try again; if it lasts, send us the X-Request-ID header."),
}
# Exceptions whose own text is the operator's business, or was not written for a client of this API.
REWORDED: tuple[tuple[type[Exception], tuple[str, str]], ...] = (
    (
        inference.ReleaseRefused,
        (
            "model_refused",
            "The model of this category and brand is damaged or incomplete, and no earlier one can take its place. "
            "Try again later; if it lasts, send the operator the X-Request-ID header.",
        ),
    ),
    (
        MemoryError,
        (inference.OutOfMemory.code, "The service has no memory for this at present. Try again in a minute."),
    ),
    (
        DisallowedHost,
        ("unknown_host", "The service does not answer under this host name. Use the address in its documentation."),
    ),
)
RETRY_SECONDS = {NotReady: 5, inference.ModelLoading: 5, inference.QueueFull: 2, inference.InferenceError: 30}


@dataclass(frozen=True)
class Told:
    """An error as a client reads it; `code` is for metrics and the log, whether or not the body has it."""

    status: int
    code: str
    body: dict[str, Any]


def speaks_roboflow(request: Any) -> bool:
    """Whether the address is one of those that Roboflow's clients call. request: of Django or of DRF."""
    return _ROBOFLOW_PATH.match(request.path_info) is not None


def tell(error: Exception, request: Any = None) -> Told:
    """In the status and the shape of the API that was called; the SKU API's where no request is known."""
    if request is None or not speaks_roboflow(request):
        status = status_of(error)
        body = body_of(error, status)
        return Told(status, body["code"], body)
    status = status_of(error, (*ROBOFLOW_STATUS, *STATUS))
    words = body_of(error, status)
    return Told(status, words["code"], roboflow_error.encode_error(error, words["error"]))


def status_of(error: Exception, table: tuple[tuple[type[Exception], int], ...] = STATUS) -> int:
    """An exception that is not listed is a 500."""
    if isinstance(error, drf.APIException):
        return error.status_code
    return next((status for kind, status in table if isinstance(error, kind)), 500)


def body_of(error: Exception, status: int) -> dict[str, Any]:
    """The error body of the SKU API."""
    reworded = next((words for kind, words in REWORDED if isinstance(error, kind)), None)
    if reworded:
        return encode_error(*reworded)
    code = getattr(error, "code", None)
    if isinstance(code, str) and status != 500:
        return encode_error(code, str(error))
    known = FOREIGN.get(status) or FOREIGN[400 if status < 500 else 500]
    return encode_error(*known)


def headers_of(error: Exception, status: int) -> dict[str, str]:
    if isinstance(error, tenants.BurstLimited | tenants.AnswerInProgress):
        return {"Retry-After": str(error.retry_after)}
    if status == 401:
        return {"WWW-Authenticate": CHALLENGE}
    if status == 503:
        waits = (seconds for kind, seconds in RETRY_SECONDS.items() if isinstance(error, kind))
        return {"Retry-After": str(next(waits, 30))}
    return {}


def answer_error(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler for every API view."""
    told = tell(error, context.get("request"))
    if told.status == 500:
        logger.error("unexpected error", exc_info=error)
    return _coded(Response(told.body, status=told.status, headers=headers_of(error, told.status)), told.code)


def error_response(
    error: Exception, headers: Mapping[str, str] = MappingProxyType({}), request: HttpRequest | None = None
) -> HttpResponse:
    """The same answer where no API view is involved."""
    told = tell(error, request)
    headers = {**headers, **headers_of(error, told.status)}
    return _coded(JsonResponse(told.body, status=told.status, headers=headers), told.code)


def _coded(response: R, code: str) -> R:
    """The code is told in metrics and in the log as well."""
    response.error_code = code  # type: ignore[attr-defined]
    return response


def prefers_html(request: HttpRequest) -> bool:
    """HTML goes only to a client that says so: `*/*` gets JSON, and so do all of Roboflow's."""
    if speaks_roboflow(request):
        return False
    return request.get_preferred_type(["application/json", "text/html"]) == "text/html"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if prefers_html(request):
        return page_not_found(request, exception)
    return error_response(PathNotFound(request.path), request=request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(exception, request=request)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if prefers_html(request):
        return permission_denied(request, exception)
    return error_response(exception, request=request)


def failed(request: HttpRequest) -> HttpResponse:
    return server_error(request) if prefers_html(request) else error_response(Exception(), request=request)
