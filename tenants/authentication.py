"""Who is asking: a key in a header, or a key that a person has entered at the login page."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from tenants import keys, last_use
from tenants.address import client_address
from tenants.errors import BurstLimited, KeyRefused, KeyUnknown
from tenants.models import ApiKey, Tenant
from tenants.throttling import count_failed_key, count_refused_key

# Where the login page puts the primary key of an ApiKey.
SESSION_KEY = "api_key_pk"
# What WWW-Authenticate says on every 401.
CHALLENGE = 'ApiKey realm="api"'


@dataclass(frozen=True)
class TenantUser:
    """What DRF and its pages want to know about a user; `is_staff` is never true."""

    tenant: Tenant
    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False
    is_active: ClassVar[bool] = True
    is_staff: ClassVar[bool] = False

    @property
    def pk(self) -> int:
        return self.tenant.pk

    def __str__(self) -> str:
        return self.tenant.name


def refuse_unknown(request: HttpRequest) -> KeyUnknown:
    """The error to raise for a request without a valid key; counts it, and raises BurstLimited itself."""
    count_failed_key(request)
    return KeyUnknown()


def _admit(request: HttpRequest, key: ApiKey) -> tuple[TenantUser, ApiKey]:
    """A proven key is noted on the request before it may be refused: 403 answers carry rate headers too."""
    request.api_key = key  # type: ignore[attr-defined]
    address = client_address(request)
    try:
        key.check_usable(address)
    except KeyRefused:
        count_refused_key(request, key)
        raise
    last_use.note(key, address)
    return TenantUser(key.tenant), key


def authenticate_text(request: HttpRequest, values: Iterable[str]) -> tuple[TenantUser, ApiKey]:
    """The key that all the given values agree on. Raises KeyUnknown, KeyRefused or BurstLimited.

    A header sent twice arrives as one value with a comma.
    """
    texts = {part.strip() for value in values for part in value.split(",")}
    try:
        if len(texts) != 1:
            raise KeyUnknown
        key = keys.prove(texts.pop())
    except KeyUnknown:
        raise refuse_unknown(request) from None
    return _admit(request, key)


class ApiKeyAuthentication(BaseAuthentication):
    """The key of the X-API-Key header; a subclass may name more headers, which then must agree."""

    headers: ClassVar[tuple[str, ...]] = ("X-API-Key",)

    def authenticate(self, request: Request) -> tuple[TenantUser, ApiKey] | None:
        values = self.sent_with(request._request)
        return authenticate_text(request._request, values) if values else None

    @classmethod
    def sent_with(cls, request: HttpRequest) -> list[str]:
        return [request.headers[name] for name in cls.headers if name in request.headers]

    def authenticate_header(self, request: Request) -> str:
        # Without this, DRF answers 403 where 401 is meant.
        return CHALLENGE


class SessionKeyAuthentication(SessionAuthentication):
    """The key a person logged in with, for the browsable API. Its state counts on every request."""

    def authenticate(self, request: Request) -> tuple[TenantUser, ApiKey] | None:
        pk = request._request.session.get(SESSION_KEY)
        key = keys.find(timezone.now(), "pk", pk) if pk else None
        if key is None:
            return None
        self.enforce_csrf(request)
        return _admit(request._request, key)


def note_key(request: HttpRequest, values: Iterable[str]) -> None:
    """Notes a proven key on a request that is refused all the same; a wrong one counts as a failed try."""
    with suppress(KeyUnknown, KeyRefused, BurstLimited):
        if values:
            authenticate_text(request, values)
