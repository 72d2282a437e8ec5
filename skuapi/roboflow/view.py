"""What every address below /roboflow/ shares: Roboflow's places for a key, JSON whatever is accepted, its errors."""

from collections.abc import Sequence
from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from skuapi.api_view import ApiView, CompactJsonRenderer
from skuapi.errors import PathNotFound
from skuapi.roboflow.authentication import KeyBesideBody


class AlwaysJson(BaseContentNegotiation):
    """Clients of this API ask for anything, and read JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class RoboflowView(ApiView):
    required_scope = "roboflow"
    authentication_classes: Sequence[type[BaseAuthentication]] = (KeyBesideBody,)
    renderer_classes = (CompactJsonRenderer,)
    content_negotiation_class = AlwaysJson
    http_method_names = ["get", "post", "options"]  # noqa: RUF012 - no HEAD: it would be computed, and billed


class NothingHere(RoboflowView):
    """Every other path below /roboflow/."""

    permission_classes = ()
    throttle_classes = ()

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        raise PathNotFound(request.path)
