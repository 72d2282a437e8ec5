"""Staff predict as a tenant: what its keys would be answered for one photo, without a unit of its quota."""

from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from inference.analysis import analyse
from inference.asker import Asker
from inference.errors import InferenceError
from inference.image_errors import ImageError
from inference.results import Options
from modelstore.catalogue import answering_releases, model_set_for
from modelstore.errors import ModelNotFound
from modelstore.models import ModelLine
from skuapi import engine
from skuapi.hang_up import has_hung_up
from skuapi.request_body import was_dropped
from skuapi.trial import TOO_LARGE, UNKNOWN, ShelfTrial, deadline, in_words, photo_of, read_shelf
from staff.audit import note
from staff.permitted import may
from tenants.models import Tenant
from tenants.pins import pinned_for_tenant

USUAL = Options()


class TrialForm(forms.Form):
    """Lines are those that the tenant may use and that have an answer."""

    line = forms.ChoiceField(label="Model line")
    photo = forms.FileField(label="Photo", help_text="JPEG, PNG or WebP, at most 5 MB and 25 megapixels.")
    sku_conf = forms.FloatField(
        label="Weakest SKU to believe (sku_conf)", required=False, min_value=0, max_value=1,
        help_text=f"0 to 1; empty: {USUAL.sku_conf}, as for a request without it.",
    )  # fmt: skip
    det_conf = forms.FloatField(
        label="Weakest product to keep (det_conf)", required=False, min_value=0, max_value=1,
        help_text=f"0 to 1; empty: {USUAL.det_conf}.",
    )  # fmt: skip

    def __init__(self, lines: list[ModelLine], request: HttpRequest) -> None:
        super().__init__(request.POST or None, request.FILES or None)
        choices: list[tuple[str, str]] = [(str(line.pk), str(line)) for line in lines]
        self.fields["line"] = forms.ChoiceField(label="Model line", choices=choices)
        for name in ("sku_conf", "det_conf"):
            self.fields[name].widget.attrs["step"] = "any"
        self.fields["photo"].widget.attrs["accept"] = "image/jpeg,image/png,image/webp"

    @property
    def options(self) -> Options:
        sku_conf, det_conf = self.cleaned_data["sku_conf"], self.cleaned_data["det_conf"]
        return Options(
            USUAL.sku_conf if sku_conf is None else sku_conf, USUAL.det_conf if det_conf is None else det_conf
        )


@dataclass(frozen=True)
class Product:
    """share: per cent of all facings."""

    name: str
    facings: int
    share: float


@dataclass(frozen=True)
class Tried:
    """detected: facings, named or not; absent: SKUs of the release that were not found."""

    shelf: ShelfTrial
    products: list[Product]
    absent: list[str]
    detected: int


@csrf_exempt
def try_as_tenant(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who sends a photo is asked first: the check of the CSRF token reads the body, which may be large."""
    if not may(request, "tenants.change_tenant"):
        raise PermissionDenied
    tenant = get_object_or_404(Tenant, pk=pk)
    if was_dropped(request.META):
        messages.error(request, TOO_LARGE)
        return redirect("tenant_trial", pk)
    return csrf_protect(_answer)(request, tenant)


def _answer(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """The form on GET; on POST what came of it, too."""
    lines = [release.line for release in answering_releases(tenant, pinned_for_tenant(tenant))]
    form, tried = TrialForm(lines, request), None
    if request.method == "POST" and form.is_valid():
        line = next(line for line in lines if str(line.pk) == form.cleaned_data["line"])
        upload = form.cleaned_data["photo"]
        try:
            tried = _tried(request, tenant, line, form)
        except (ImageError, InferenceError, ModelNotFound) as error:
            messages.error(request, in_words(error, upload))
        else:
            _note(tenant, tried)
    page = {**admin.site.each_context(request), "opts": Tenant._meta, "title": f"Try a photo as {tenant}"}
    context = {**page, "tenant": tenant, "form": form, "tried": tried, "lines": lines}
    return TemplateResponse(request, "admin/tenants/tenant/trial.html", context)


def _tried(request: HttpRequest, tenant: Tenant, line: ModelLine, form: TrialForm) -> Tried:
    """As the prediction of a key of the tenant: its release, its turn in the queue, its time. Raises what that does.

    No canary compares it: whoever tries has not asked."""
    flow, options, until = str(tenant.pk), form.options, deadline(tenant)
    models = model_set_for(tenant, line.category, line.brand, pinned_for_tenant(tenant))
    engine.backend().check_room(flow, until)
    photo = photo_of(form.cleaned_data["photo"])
    asker = Asker(flow, photo.digest, lambda: has_hung_up(request))
    shelf = read_shelf(models, photo, options, until, asker)
    found = analyse(shelf.reading, options.sku_conf, show_unknown=True)
    products = [
        Product("not identified" if name == UNKNOWN else name, count, found.sos[name]) for name, count in shelf.counts
    ]
    return Tried(shelf, products, [sku for sku, there in found.osa.items() if not there], found.detected)


def _note(tenant: Tenant, tried: Tried) -> None:
    reading = tried.shelf.reading
    note(tenant, f"Tried a photo: {reading.release} found {len(reading.facings)} facings. Nothing was billed.")
