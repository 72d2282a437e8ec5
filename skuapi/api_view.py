"""What every endpoint of the SKU API shares: key, scope, limits, negotiation, rate headers."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.negotiation import BaseContentNegotiation, DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from skuapi.portal.browsable import HousePage
from skuapi.request_body import StrictJsonParser, refuse_unread
from tenants import quota
from tenants.authentication import ApiKeyAuthentication, SessionKeyAuthentication
from tenants.models import ApiKey, Tenant, Usage
from tenants.permissions import HasScope
from tenants.throttling import BurstThrottle


class HtmlOnlyIfPreferred(DefaultContentNegotiation):
    """`text/html` above JSON gets the browsable page; `*/*`, nothing and anything else get JSON."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        offered = {renderer.media_type: renderer for renderer in renderers}
        if "Idempotency-Key" in request.headers:  # what is kept for a repeated request is one answer, and no page
            return offered[JSONRenderer.media_type], JSONRenderer.media_type
        media_type = request._request.get_preferred_type(list(offered)) or JSONRenderer.media_type
        return offered[media_type], media_type


class CompactJsonRenderer(JSONRenderer):
    """UTF-8 as it is. `Accept: application/json; indent=4` is not interpreted: it would cost more than it gives."""

    charset = None

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> Any:
        """Bytes were rendered before, to be kept."""
        return data if isinstance(data, bytes) else super().render(data, accepted_media_type, renderer_context)

    def get_indent(self, accepted_media_type: str, renderer_context: Any) -> None:
        return None


def rendered(body: Any) -> bytes:
    """As it is sent."""
    return bytes(CompactJsonRenderer().render(body))


class ApiView(APIView):
    """A view of the SKU API. Subclasses name the scope a key needs."""

    required_scope: str | None = None
    authentication_classes: Sequence[type[BaseAuthentication]] = (ApiKeyAuthentication, SessionKeyAuthentication)
    permission_classes: Sequence[type[BasePermission]] = (HasScope,)
    throttle_classes: Sequence[type[BaseThrottle]] = (BurstThrottle,)
    parser_classes: Sequence[type[BaseParser]] = (StrictJsonParser,)
    renderer_classes: Sequence[type[BaseRenderer]] = (CompactJsonRenderer, HousePage)
    content_negotiation_class: type[BaseContentNegotiation] = HtmlOnlyIfPreferred

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Key, scope, limits; then the body's size, which was measured before."""
        super().initial(request, *args, **kwargs)
        self.check_limits(request)
        refuse_unread(request.META)

    def check_limits(self, request: Request) -> None:
        """Refuses what has no chance, beyond the burst limit, before the body is looked at."""

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        final: Response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in rate_headers(getattr(request, "_request", request)).items():
            final[name] = value
        return final


def key_of(request: Request) -> ApiKey:
    """The key that HasScope has demanded."""
    assert isinstance(request.auth, ApiKey)
    return request.auth


def tenant_of(request: Request) -> Tenant:
    return key_of(request).tenant


def note_usage(request: Request, usage: Usage) -> None:
    """For the rate headers."""
    request._request.usage = usage  # type: ignore[attr-defined]


def rate_headers(request: HttpRequest) -> dict[str, str]:
    """On every answer to a request whose key names a tenant, whatever its status.

    A view that has just changed the usage leaves it on the request; otherwise it is read now.
    """
    key: ApiKey | None = getattr(request, "api_key", None)
    if key is None:
        return {}
    usage: Usage = getattr(request, "usage", None) or key.usage_seen or quota.usage_of(key.tenant)
    return {
        "X-RateLimit-Limit": str(usage.limit),
        "X-RateLimit-Remaining": str(usage.remaining),
        "X-RateLimit-Used": str(usage.used),
        "X-RateLimit-Reset": str(usage.reset_epoch),
    }
