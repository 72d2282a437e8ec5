"""DRF's browsable API in the house style: one page for each endpoint, with a form where it takes one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from django.urls import reverse
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.renderers import BrowsableAPIRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from skuapi.portal.form_values import form_values
from skuapi.portal.readable import readable_json
from skuapi.portal.sentences import with_code
from tenants.models import ApiKey

ENDPOINTS = ("predict", "status", "models", "usage")
QUOTA_HEADERS = ("X-RateLimit-Used", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
# Codes of answers to a visitor whose key is not known.
WITHOUT_KEY = ("invalid_api_key", "too_many_failed_keys")
TEMPLATE_PACK = {"style": {"template_pack": "rest_framework/house"}}
RAW_JSON = """{
  "image": "https://example.com/shelf_photo.jpg",
  "category": "DRINKS",
  "brand": "JORDINA",
  "return_annotated": true
}"""


class HousePage(BrowsableAPIRenderer):
    """What the page shows of an answer; the answer itself is made for every client alike."""

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> Any:
        request, response = renderer_context["request"], renderer_context["response"]
        _settle_user(request)
        self.request = request
        page = super().render(data, accepted_media_type, renderer_context)
        if _only_shows_the_form(request, response):
            # A browser asked for a page, and the page is there. API clients get the 405 they need.
            response.status_code = HTTPStatus.OK
        return page

    def get_context(self, data: Any, accepted_media_type: Any, renderer_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(data, accepted_media_type, renderer_context)
        return {**context, **shown(renderer_context["request"], renderer_context["response"], data)}

    def get_content(self, renderer: Any, data: Any, accepted_media_type: Any, renderer_context: Any) -> str:
        return readable_json(data)

    def render_form_for_serializer(self, serializer: Any) -> Any:
        for name, value in form_values(self.request).items():
            if name in serializer.fields:
                serializer.fields[name].initial = value
        return self.form_renderer_class().render(serializer.data, self.media_type, TEMPLATE_PACK)

    def get_raw_data_form(self, data: Any, view: Any, method: str, request: Request) -> Any:
        form = super().get_raw_data_form(data, view, method, request)
        if form is not None:
            form.fields["_content"].initial = RAW_JSON
        return form


def shown(request: Request, response: Response, data: Any) -> dict[str, Any]:
    """What the house's templates read beside DRF's own context."""
    answer = data if isinstance(data, Mapping) else {}
    code = answer.get("code", "")
    return {
        "here": "api",
        "endpoints": [(name, reverse(name)) for name in ENDPOINTS],
        "key": request.auth if isinstance(request.auth, ApiKey) else None,
        "refused_key": None if request.auth else getattr(request._request, "api_key", None),
        "is_without_key": code in WITHOUT_KEY,
        "only_form": _only_shows_the_form(request, response),
        "problem": with_code(str(answer.get("error", ""))),
        "problem_code": code,
        "picture": answer.get("annotated_image_base64", ""),
        "quota": _quota(response),
    }


def _settle_user(request: Request) -> None:
    """After a refused key DRF would ask again who this is, and be refused again while drawing the page."""
    if not hasattr(request, "_user"):
        request._not_authenticated()  # type: ignore[attr-defined]


def _only_shows_the_form(request: Request, response: Response) -> bool:
    """A visit, by GET, to an endpoint that takes only POST."""
    return request.method in ("GET", "HEAD") and response.status_code == MethodNotAllowed.status_code


def _quota(response: Response) -> dict[str, Any]:
    """The rate headers as numbers and as a person writes them."""
    if not all(name in response for name in QUOTA_HEADERS):
        return {}
    used, limit, remaining, reset = (int(response[name]) for name in QUOTA_HEADERS)
    texts = {"used_text": f"{used:,}", "limit_text": f"{limit:,}", "remaining_text": f"{remaining:,}"}
    return {"used": used, "limit": limit, "resets": datetime.fromtimestamp(reset, UTC), **texts}
