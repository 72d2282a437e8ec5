"""Which release a client means by `slug/version`, and what it is asked to do."""

import re
from enum import Enum

from rest_framework.request import Request

from inference.manifest import ModelSet
from modelstore.catalogue import release_at
from modelstore.errors import ModelNotFound
from skuapi.api_view import tenant_of
from skuapi.errors import FieldInvalid
from skuapi.observability.requests import note_asked

LONGEST_NOTED = 200
_VERSION = re.compile(r"[1-9][0-9]{0,8}")


class Task(Enum):
    """As Roboflow calls them."""

    CLASSIFICATION = "classification"
    DETECTION = "object-detection"


# What a client has put behind the address of the service, as it used to choose among Roboflow's hosts.
BASE_PATHS = {"classify": Task.CLASSIFICATION, "detect": Task.DETECTION}


def model_at(request: Request, model_id: str) -> ModelSet:
    """Raises ModelNotFound in the same words whatever is wrong with the id, or with whose it is."""
    slug, _, version = model_id.rpartition("/")
    noted = model_id[:LONGEST_NOTED].encode("ascii", "replace").decode()  # JSON may hold half a character
    note_asked(request._request, "", noted)
    if not (slug and _VERSION.fullmatch(version)):
        raise ModelNotFound("", noted)
    models = release_at(tenant_of(request), slug, int(version))
    note_asked(request._request, models.manifest.category, models.manifest.brand)
    return models


def own_task(models: ModelSet) -> Task:
    """What a release does where the client does not say: one that knows SKUs finds them on a shelf."""
    return Task.DETECTION if models.manifest.task == "sku" else Task.CLASSIFICATION


def task_for(models: ModelSet, wanted: Task | None) -> Task:
    """Raises FieldInvalid for a classifier of whole images that shall find boxes."""
    if wanted is Task.DETECTION and own_task(models) is Task.CLASSIFICATION:
        raise FieldInvalid(
            "This model classifies whole images and finds no boxes. Call /roboflow/infer/classification, or "
            "/roboflow/<slug>/<version>, instead."
        )
    return wanted or own_task(models)
