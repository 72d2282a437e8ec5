"""`Idempotency-Key`: a request that is sent again gets the answer that it got, and is billed once."""

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256

from django.http import HttpResponse, RawPostDataException
from django.utils import timezone
from django.utils.http import parse_header_parameters
from rest_framework.request import Request
from rest_framework.response import Response

from inference.errors import ClientGone
from inference.image_errors import ImageUrlUnusable
from skuapi.api_view import key_of, rendered, tenant_of
from skuapi.errors import BodyUnreadable, IdempotencyKeyInvalid, speaks_roboflow, tell
from skuapi.observability.requests import note_asked, note_found
from skuapi.wire.roboflow_request import API_KEY
from tenants import answers, quota
from tenants.errors import AnswerInProgress, KeyRefused, Refusal, TenantError
from tenants.models import Tenant, Usage

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_VISIBLE = re.compile(r"[!-~]{1,255}")
# Refusals for now: limits, quotas and what is said about the name itself, a client that has gone, and another server
# that did not hand out its picture.
_NOT_KEPT = (TenantError, ClientGone, ImageUrlUnusable)
logger = logging.getLogger(__name__)


def name_of(request: Request) -> str | None:
    """None where the header is not sent. Raises IdempotencyKeyInvalid."""
    name: str | None = request.headers.get(HEADER)
    if name is not None and not _VISIBLE.fullmatch(name):
        raise IdempotencyKeyInvalid
    return name


@dataclass(frozen=True)
class Keeper:
    """Keeps the one answer to a request, in the transaction that bills it."""

    request: Request
    claim: answers.Claim

    @property
    def tenant_id(self) -> int:
        return int(tenant_of(self.request).pk)

    def settle(self, ticket: quota.Ticket, answer: answers.Answer) -> Usage:
        """Raises AnswerInProgress, with the unit still reserved, where another process has taken over; KeyRefused where
        the row went with others of a tenant that is being erased."""
        sizes: list[int] = []
        try:
            usage = ticket.settle(lambda: sizes.append(answers.keep(self.claim, answer)))
        except AnswerInProgress:
            if Tenant.objects.filter(pk=self.tenant_id, is_active=False).exists():
                raise KeyRefused(Refusal.TENANT_INACTIVE) from None
            raise
        answers.make_room(self.tenant_id, sum(sizes))
        return usage

    def fail(self, error: BaseException) -> None:
        """Keeps what would be answered again, such as 400 and 404. Raises nothing: the error is what is answered."""
        try:
            told = tell(error, self.request) if isinstance(error, Exception) else None
            if told is None or told.status // 100 != 4 or isinstance(error, _NOT_KEPT):
                answers.drop(self.claim)
            else:
                kept = answers.Answer(told.status, {}, {"code": told.code}, rendered(told.body))
                answers.make_room(self.tenant_id, answers.keep(self.claim, kept))
        except Exception:
            logger.exception("an Idempotency-Key could not be freed; it is free when its lease ends")


def once(request: Request, name: str, predict: Callable[[Keeper], HttpResponse]) -> HttpResponse:
    """What `predict` answers, or what it has answered before. Raises TenantError."""
    key = key_of(request)
    found = answers.claim(key, name, fingerprint(request), timezone.now())
    if isinstance(found, answers.Answer):
        return _replayed(request, found)
    keeper = Keeper(request, found)
    try:
        quota.check_not_exhausted(key)
        return predict(keeper)
    except BaseException as error:
        keeper.fail(error)
        raise


def _replayed(request: Request, answer: answers.Answer) -> Response:
    about = answer.about
    if "asked" in about:
        note_asked(request._request, *about["asked"])
        note_found(request._request, about["found"])
    response = Response(answer.body, status=answer.status, headers={**answer.headers, REPLAYED: "true"})
    response.error_code = about.get("code", "")  # type: ignore[attr-defined]
    return response


def fingerprint(request: Request) -> str:
    """sha256 of what was asked: path, format, type and bytes of the body, and Roboflow's query. Raises EdgeError."""
    media_type, parameters = parse_header_parameters(request.content_type)
    body, digest = _whole_body(request), sha256()
    # Clients draw a boundary anew each time they send the same form.
    boundary = parameters.get("boundary", "") if media_type.startswith("multipart/") else ""
    parts = body.split(b"--" + boundary.encode("latin-1", "replace")) if boundary else [body]
    kind = media_type if boundary else request.content_type
    asked = [request.path, request.headers.get("X-API-Version", ""), kind, *_query(request)]
    for part in _measured(asked, parts):
        digest.update(part)
    return digest.hexdigest()


def _query(request: Request) -> list[str]:
    """What Roboflow's clients ask beside the image; the key is not among it."""
    if not speaks_roboflow(request):
        return []
    return sorted(f"{name}={values}" for name, values in request._request.GET.lists() if name != API_KEY)


def _measured(texts: Iterable[str], parts: Iterable[bytes]) -> Iterable[bytes]:
    """Each behind its length, so that no two lists of them look the same."""
    for part in (*(text.encode() for text in texts), *parts):
        yield b"%d:" % len(part)
        yield part


def _whole_body(request: Request) -> bytes:
    """Half a body, of a client that has hung up, would be another request of the same name."""
    try:
        body: bytes = request._request.body
    except RawPostDataException as error:
        raise IdempotencyKeyInvalid(
            "Send Idempotency-Key together with X-API-Key: a form of a page has none."
        ) from error
    if len(body) < int(request.META.get("CONTENT_LENGTH") or 0):
        raise BodyUnreadable("The body ended before it was complete. Send it again.")
    return body
