"""Where Roboflow's clients put their key: the query, `Authorization: Bearer`, or the JSON body.

The first place that holds one decides: clients name the same key in several, and other services' in headers.
"""

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from skuapi.roboflow.document import document_of
from skuapi.wire.roboflow_request import keys_in_document, keys_in_query
from tenants.authentication import ApiKeyAuthentication, TenantUser, authenticate_text
from tenants.models import ApiKey
from tenants.permissions import HasScope

BEARER = "bearer "


class KeyBesideBody(BaseAuthentication):
    """For requests whose body is an image."""

    def authenticate(self, request: Request) -> tuple[TenantUser, ApiKey] | None:
        values = self.sent_with(request._request)
        return authenticate_text(request._request, values) if values else None

    @classmethod
    def sent_with(cls, request: HttpRequest) -> list[str]:
        return keys_in_query(request.GET) or _bearer(request) or ApiKeyAuthentication.sent_with(request)


class KeyAnywhere(KeyBesideBody):
    """For requests whose body is JSON. Raises BodyTooLarge or BodyUnreadable where only the body could hold a key."""

    @classmethod
    def sent_with(cls, request: HttpRequest) -> list[str]:
        return super().sent_with(request) or keys_in_document(document_of(request))


def _bearer(request: HttpRequest) -> list[str]:
    value = request.headers.get("Authorization", "")
    token = value[len(BEARER) :].strip() if value[: len(BEARER)].lower() == BEARER else ""
    return [token] if token else []


class HasScopeIfKnown(HasScope):
    """Lets in whoever sends no key: a wrong one has been refused before this is asked."""

    def has_permission(self, request: Request, view: object) -> bool:
        return request.auth is None or super().has_permission(request, view)
