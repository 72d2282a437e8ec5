"""Roboflow's hosted API (v0): one image to /roboflow/<slug>/<version>, read from top to bottom."""

from functools import partial

from django.http import HttpResponse
from rest_framework.request import Request

from skuapi import idempotency
from skuapi.api_view import key_of, rendered, tenant_of
from skuapi.billed_work import Received
from skuapi.errors import IdempotencyKeyInvalid
from skuapi.idempotency import Keeper
from skuapi.roboflow.answering import Answer, Asked
from skuapi.roboflow.billing import billed
from skuapi.roboflow.image import image_of
from skuapi.roboflow.model import BASE_PATHS, model_at, task_for
from skuapi.roboflow.view import RoboflowView
from skuapi.web_places import place_of
from skuapi.wire import roboflow_request
from skuapi.wire.roboflow_number import Picture
from tenants import quota


class HostedView(RoboflowView):
    """Classify an image, or find the SKUs on it."""

    name = "Hosted inference"

    def check_limits(self, request: Request) -> None:
        if idempotency.HEADER not in request.headers:
            quota.check_not_exhausted(key_of(request))

    def get(self, request: Request, slug: str, version: str, base: str = "") -> HttpResponse:
        with place_of(tenant_of(request)):
            return self.answer(request, f"{slug}/{version}", base)

    def post(self, request: Request, slug: str, version: str, base: str = "") -> HttpResponse:
        answer = partial(self.answer, request, f"{slug}/{version}", base)
        name = idempotency.name_of(request)
        with place_of(tenant_of(request)):
            return answer() if name is None else idempotency.once(request, name, answer)

    def answer(self, request: Request, model_id: str, base: str, keeper: Keeper | None = None) -> HttpResponse:
        """base: of the address, which fixes the task."""
        sent = roboflow_request.decode_query(request._request.GET)
        jpeg = sent.wishes.picture is Picture.ONLY
        if jpeg and keeper:
            raise IdempotencyKeyInvalid(
                "An Idempotency-Key keeps answers in JSON. Leave it out, or ask for another format."
            )
        image = image_of(request._request, sent.image_urls)
        received = Received()
        models = model_at(request, model_id)
        task = task_for(models, BASE_PATHS.get(base))
        asked = Asked(request, models, task, sent.wishes, received, sent.name or image.name)
        return billed(asked, [image.source], _jpeg if jpeg else _json, jpeg, keeper)


def _json(found: list[Answer]) -> bytes:
    return rendered(found[0].body)


def _jpeg(found: list[Answer]) -> bytes:
    picture = found[0].picture
    assert picture is not None, "it was asked for"
    return picture
