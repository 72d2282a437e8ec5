"""Staff add a SKU to a line from a few photos, on a page of the line."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from inference.images import ImageLimits
from inference.manifest import LONGEST_NAME
from modelstore.admin.read_only import allowed, user_name
from modelstore.errors import OnboardingRefused
from modelstore.models import ModelLine, Onboarding
from modelstore.onboarding.intake import answered, check_sku, take_in
from modelstore.onboarding.photo_checks import FEWEST, MOST, NewPhoto, PhotosRefused, checked
from staff.theme import ModelAdmin, Select, TextInput

PICTURES = "image/jpeg,image/png,image/webp"


class PhotosInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several files, each read within the limits of a prediction's photo. Its value is a list of NewPhoto."""

    widget = PhotosInput(attrs={"accept": PICTURES})

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = [super(PhotosField, self).clean(file, initial) for file in data or [None]]
        limits = ImageLimits(settings.MAX_IMAGE_BYTES, settings.MAX_IMAGE_PIXELS)
        try:
            return checked([(file.name or "", _read(file)) for file in files[: MOST + 1]], limits)
        except PhotosRefused as error:
            raise forms.ValidationError(error.problems) from error


def _read(file: "UploadedFile[bytes]") -> bytes:
    """No more than is needed to see that it is too large."""
    return bytes(file.read(settings.MAX_IMAGE_BYTES + 1))


class AddSkuForm(forms.Form):
    sku = forms.CharField(
        label="Name",
        max_length=LONGEST_NAME,
        help_text="As answers shall name it.",
        widget=TextInput(attrs={"autocomplete": "off"}),
    )
    photos = PhotosField(
        label="Photos",
        help_text="3 to 8 JPEG, PNG or WebP photos that the product fills, from several sides, in different light.",
    )
    as_large_as = forms.ChoiceField(
        label="As large as",
        required=False,
        widget=Select,
        help_text="A SKU that stands equally high and wide on a shelf, such as another flavour in the same bottle. It "
        "keeps the two apart from other sizes. Leave it empty where there is none.",
    )

    def __init__(self, line: ModelLine, skus: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line
        choices = self.fields["as_large_as"]
        assert isinstance(choices, forms.ChoiceField)
        choices.choices = [("", "not known"), *((sku, sku) for sku in sorted(skus))]

    def clean_sku(self) -> str:
        sku = str(self.cleaned_data["sku"])
        try:
            check_sku(self.line, sku)
        except OnboardingRefused as error:
            raise forms.ValidationError(str(error)) from error
        return sku


class AddSku(ModelAdmin):  # type: ignore[type-arg]
    """The part of ModelLineAdmin that adds a SKU."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(csrf_exempt(self.add_sku))
        return [path("<int:pk>/add-sku/", view, name="modelstore_modelline_add_sku"), *super().get_urls()]

    def add_sku(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Who sends photos is asked first: the check of the CSRF token reads the body, which may be large."""
        if not allowed(request, "add_release"):
            raise PermissionDenied
        line = get_object_or_404(ModelLine, pk=pk)
        if request.method == "POST" and not int(request.META.get("CONTENT_LENGTH") or 0):
            largest = filesizeformat(settings.MAX_IMAGE_BYTES)
            told = f"The photos are too large. Send at most {MOST}, of at most {largest} each."
            self.message_user(request, told, messages.ERROR)
            return redirect("admin:modelstore_modelline_add_sku", pk)
        try:
            return csrf_protect(self._add_sku)(request, line, answered(line))
        except OnboardingRefused as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect("admin:modelstore_modelline_change", pk)

    def _add_sku(self, request: HttpRequest, line: ModelLine, skus: list[str]) -> HttpResponse:
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = AddSkuForm(line, skus, *sent)
        if form.is_valid() and (row := self._taken_in(form, request)):
            return redirect("admin:modelstore_onboarding_change", row.pk)
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Add a SKU to {line}",
            "original": line,
        }
        context = {**page, "form": form, "line": line, **_limits()}
        return TemplateResponse(request, "admin/modelstore/modelline/add_sku.html", context)

    def _taken_in(self, form: AddSkuForm, request: HttpRequest) -> Onboarding | None:
        given = form.cleaned_data
        photos: list[NewPhoto] = given["photos"]
        try:
            return take_in(form.line, given["sku"], photos, user_name(request), given["as_large_as"])
        except OnboardingRefused as error:
            form.add_error(None, str(error))
            return None


def _limits() -> dict[str, Any]:
    return {
        "fewest": FEWEST,
        "most": MOST,
        "largest": filesizeformat(settings.MAX_IMAGE_BYTES),
        "largest_bytes": settings.MAX_IMAGE_BYTES,
    }
