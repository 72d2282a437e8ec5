"""Which models a tenant's clients have asked for: newer ones look here before every image.

Nothing is loaded by that, and nothing is billed. What is forgotten with the cache is added again by the client.
"""

from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.response import Response

from skuapi.api_view import tenant_of
from skuapi.roboflow.authentication import HasScopeIfKnown, KeyAnywhere
from skuapi.roboflow.document import document_of
from skuapi.roboflow.model import BASE_PATHS, Task, model_at, own_task
from skuapi.roboflow.view import RoboflowView
from skuapi.wire.roboflow_registry import encode_info, encode_models
from skuapi.wire.roboflow_request import model_id_in

KEPT_SECONDS = 24 * 60 * 60


class InfoView(RoboflowView):
    """What serves here; clients ask without a key."""

    name = "Info"
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    def get(self, request: Request, **base: str) -> Response:
        return Response(encode_info())


class RegistryView(RoboflowView):
    """The models that this tenant has added. Without a key none, and what is removed without one is not."""

    name = "Models"
    permission_classes = (HasScopeIfKnown,)
    throttle_classes = ()  # it is asked before every image, which is counted itself

    def get(self, request: Request, base: str = "") -> Response:
        return _listed(_tasks(request), base)


class AddView(RoboflowView):
    """Add a model that this tenant may use."""

    name = "Add a model"
    authentication_classes = (KeyAnywhere,)

    def post(self, request: Request, base: str = "") -> Response:
        model_id = model_id_in(document_of(request._request))
        own = own_task(model_at(request, model_id))
        return _listed(_kept(request, {**_tasks(request), model_id: own.value}), base)


class RemoveView(RoboflowView):
    """Take a model out of the list."""

    name = "Remove a model"
    authentication_classes = (KeyAnywhere,)
    permission_classes = (HasScopeIfKnown,)

    def post(self, request: Request, base: str = "") -> Response:
        tasks = _tasks(request)
        tasks.pop(model_id_in(document_of(request._request)), None)
        return _listed(_kept(request, tasks), base)


class ClearView(RoboflowView):
    """Empty the list."""

    name = "Remove all models"
    authentication_classes = (KeyAnywhere,)
    permission_classes = (HasScopeIfKnown,)

    def post(self, request: Request, base: str = "") -> Response:
        return _listed(_kept(request, {}), base)


def _place(request: Request) -> str | None:
    """In the cache; None for whoever is not known."""
    return f"roboflow-models-{tenant_of(request).pk}" if request.auth else None


def _tasks(request: Request) -> dict[str, str]:
    place = _place(request)
    return dict(cache.get(place, {})) if place else {}


def _kept(request: Request, tasks: dict[str, str]) -> dict[str, str]:
    place = _place(request)
    if place:
        cache.set(place, tasks, KEPT_SECONDS)
    return tasks


def _listed(tasks: dict[str, str], base: str) -> Response:
    """Below a base path that fixes the task, SKU releases are classifiers, too: clients call what stands here."""
    if BASE_PATHS.get(base) is Task.CLASSIFICATION:
        tasks = dict.fromkeys(tasks, Task.CLASSIFICATION.value)
    return Response(encode_models(tasks))
