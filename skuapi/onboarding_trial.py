"""Staff who have added a SKU try it: one photo through the engine that serves, and what the line answers now."""

from dataclasses import dataclass

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from inference.asker import NOBODY
from inference.errors import InferenceError
from inference.image_errors import ImageError
from inference.manifest import ModelSet
from inference.results import Facing, Options
from modelstore.admin.read_only import allowed
from modelstore.catalogue import model_set
from modelstore.models import Onboarding
from skuapi import engine
from skuapi.photo import Photo
from skuapi.request_body import was_dropped
from skuapi.trial import TOO_LARGE, deadline, in_words, photo_of, read_shelf


@dataclass(frozen=True)
class Trial:
    """counts: names given on the photo read as a shelf, the most frequent first; alone: read as one product."""

    release: str
    found: int
    counts: list[tuple[str, int]]
    alone: Facing
    alone_sure: bool
    picture: str


@csrf_exempt
def try_it(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who sends a photo is asked first: the check of the CSRF token reads the body, which may be large."""
    if not allowed(request, "add_release"):
        raise PermissionDenied
    row = get_object_or_404(Onboarding.objects.select_related("line"), pk=pk)
    if was_dropped(request.META):
        messages.error(request, TOO_LARGE)
        return redirect("admin:modelstore_onboarding_change", pk)
    return csrf_protect(_answer)(request, row)


def _answer(request: HttpRequest, row: Onboarding) -> HttpResponse:
    """Nothing is stored, and no quota is used."""
    photo, active = request.FILES.get("photo"), row.line.active()
    if not isinstance(photo, UploadedFile) or active is None:
        return redirect("admin:modelstore_onboarding_change", row.pk)
    try:
        tried = _tried(model_set(active), photo_of(photo))
    except (ImageError, InferenceError) as error:
        messages.error(request, in_words(error, photo))
        return redirect("admin:modelstore_onboarding_change", row.pk)
    page = {**admin.site.each_context(request), "title": f"What {row.line} answers", "trial": tried, "original": row}
    return TemplateResponse(request, "admin/modelstore/onboarding/trial.html", page)


def _tried(models: ModelSet, photo: Photo) -> Trial:
    """Raises what Engine.predict raises."""
    manifest, until = models.manifest, deadline()
    shelf = read_shelf(models, photo, Options(manifest.sku_conf, manifest.det_conf), until, NOBODY)
    (alone,) = engine.backend().read_product(models, photo, until).facings
    sure = alone.sku_conf >= manifest.sku_conf
    return Trial(shelf.reading.release, len(shelf.reading.facings), shelf.counts, alone, sure, shelf.picture)
