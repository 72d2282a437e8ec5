"""What stands in the form of the browsable page before a person fills it in."""

from typing import Any, cast

from django.http import QueryDict
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from modelstore.catalogue import answering_releases
from skuapi.errors import EdgeError
from tenants.models import ApiKey
from tenants.pins import pinned_releases


def form_values(request: Request) -> dict[str, Any]:
    """What was just sent; else the first model this key may use. Files cannot be filled in again."""
    sent = {name: value for name, value in entered(request).items() if isinstance(value, str)}
    return sent or first_model(request)


def entered(request: Request) -> dict[str, Any]:
    """A body that could not be read was answered with an error already."""
    if request.method != "POST" or not request.content_type.startswith("multipart/"):
        return {}
    try:
        return dict(cast("QueryDict", request.data).items())
    except (EdgeError, APIException):
        return {}


def first_model(request: Request) -> dict[str, Any]:
    if not isinstance(request.auth, ApiKey):
        return {}
    release = next(iter(answering_releases(request.auth.tenant, pinned_releases(request.auth))), None)
    return {"category": release.line.category, "brand": release.line.brand} if release else {}
