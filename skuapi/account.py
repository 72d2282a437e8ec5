"""What a key may ask about the service: status, models, usage."""

from rest_framework.request import Request
from rest_framework.response import Response

from modelstore.catalogue import answering_classifiers, answering_releases, label_names
from skuapi import engine
from skuapi.api_view import ApiView, key_of, note_usage, tenant_of
from skuapi.errors import PathNotFound
from skuapi.wire import account
from tenants import quota
from tenants.pins import pinned_releases


class StatusView(ApiView):
    """Whether the inference worker answers, measured by a real round trip."""

    name = "Status"
    required_scope = "status"

    def get(self, request: Request) -> Response:
        return Response(account.encode_status(engine.backend().status()))


class ModelsView(ApiView):
    """The categories, brands, versions and SKUs this key may ask for."""

    name = "Models"

    def get(self, request: Request) -> Response:
        releases = answering_releases(tenant_of(request), pinned_releases(key_of(request)))
        classifiers = answering_classifiers(tenant_of(request))
        return Response(account.encode_models(releases, classifiers, label_names([*releases, *classifiers])))


class UsageView(ApiView):
    """Requests used this month, and in the months before."""

    name = "Usage"

    def get(self, request: Request) -> Response:
        tenant = tenant_of(request)
        usage = quota.usage_of(tenant)
        note_usage(request, usage)
        return Response(account.encode_usage(f"{usage.month:%Y-%m}", usage, quota.history(tenant)))


class NowhereView(ApiView):
    """Every other path below /api/: a JSON 404, with rate headers when the key is good."""

    name = "Not found"
    permission_classes = ()
    throttle_classes = ()

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        raise PathNotFound(request.path)
