"""Roboflow's newer API (v1): /roboflow/infer/<task>, with one image or a list of them in a JSON document."""

from functools import partial
from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from skuapi import idempotency
from skuapi.api_view import key_of, rendered, tenant_of
from skuapi.billed_work import Received
from skuapi.idempotency import Keeper
from skuapi.roboflow.answering import Answer, Asked
from skuapi.roboflow.authentication import KeyAnywhere
from skuapi.roboflow.billing import billed
from skuapi.roboflow.document import document_of
from skuapi.roboflow.model import Task, model_at, task_for
from skuapi.roboflow.view import RoboflowView
from skuapi.web_places import place_of
from skuapi.wire import roboflow_request
from tenants import quota


class InferView(RoboflowView):
    authentication_classes = (KeyAnywhere,)
    task: ClassVar[Task]

    def check_limits(self, request: Request) -> None:
        if idempotency.HEADER not in request.headers:
            quota.check_not_exhausted(key_of(request))

    def post(self, request: Request, **base: str) -> HttpResponse:
        name = idempotency.name_of(request)
        return self.answer(request) if name is None else idempotency.once(request, name, partial(self.answer, request))

    def answer(self, request: Request, keeper: Keeper | None = None) -> HttpResponse:
        sent = roboflow_request.decode_document(document_of(request._request))
        received = Received()
        models = model_at(request, sent.model_id)
        asked = Asked(request, models, task_for(models, self.task), sent.wishes, received)
        with place_of(tenant_of(request)):
            return billed(asked, sent.images, _listed if sent.is_list else _alone, keeper=keeper)


class ClassificationView(InferView):
    """Classify images."""

    name = "Classification"
    task = Task.CLASSIFICATION


class DetectionView(InferView):
    """Find the SKUs on images."""

    name = "Object detection"
    task = Task.DETECTION


def _alone(found: list[Answer]) -> bytes:
    return rendered(found[0].body)


def _listed(found: list[Answer]) -> bytes:
    return rendered([answer.body for answer in found])
