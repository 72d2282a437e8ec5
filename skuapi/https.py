"""Plain HTTP is refused where the service is public."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from skuapi.api_view import rate_headers
from skuapi.errors import HttpsRequired, error_response, speaks_roboflow
from skuapi.request_id import Handler
from skuapi.roboflow.authentication import KeyBesideBody
from tenants.authentication import ApiKeyAuthentication, note_key

API_PATHS = ("/api/", "/roboflow/")
PAGES = ("/api/login", "/api/logout")  # below /api/, but for people


class HttpsMiddleware:
    """Over plain HTTP the API answers 403 and pages redirect: a redirected POST would already have leaked its key."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.REQUIRE_HTTPS or request.is_secure():
            return self.get_response(request)
        if request.path_info.startswith(API_PATHS) and request.path_info not in PAGES:
            return self.refusal(request)
        return HttpResponsePermanentRedirect(f"https://{request.get_host()}{request.get_full_path()}")

    def refusal(self, request: HttpRequest) -> HttpResponse:
        """The key has travelled in the open already; looking at it gives its tenant the rate headers of any 403."""
        note_key(request, sent_keys(request))
        return error_response(HttpsRequired(), rate_headers(request), request)


def sent_keys(request: HttpRequest) -> list[str]:
    """As the API at this address takes them, but for one in the body, which nobody reads here."""
    if speaks_roboflow(request):
        return KeyBesideBody.sent_with(request)
    return ApiKeyAuthentication.sent_with(request)
