"""Bundles leave one installation as a zip, and enter another as a draft."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from inference.errors import ReleaseRefused
from modelstore.admin.read_only import allowed, user_name
from modelstore.archive import packed, publish_archive
from modelstore.errors import PublishRefused
from modelstore.models import Release
from staff.theme import ModelAdmin


class UploadForm(forms.Form):
    bundle = forms.FileField(label="Bundle (.zip)", widget=forms.ClearableFileInput(attrs={"accept": ".zip"}))


class BundleExchange(ModelAdmin):  # type: ignore[type-arg]
    """The part of ReleaseAdmin that downloads and uploads."""

    change_list_template = "admin/modelstore/release/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        download, upload = (
            self.admin_site.admin_view(self.download),
            self.admin_site.admin_view(csrf_exempt(self.upload)),
        )
        return [
            path("<int:pk>/bundle/", download, name="modelstore_release_download"),
            path("upload/", upload, name="modelstore_release_upload"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        may_upload = {"may_upload": allowed(request, "add_release")}
        return super().changelist_view(request, {**(extra_context or {}), **may_upload})

    def download(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        release = get_object_or_404(Release.objects.select_related("line"), pk=pk)
        try:
            return FileResponse(packed(release), as_attachment=True, filename=f"{release}.zip".replace("/", "-"))
        except (ReleaseRefused, OSError) as error:
            self.message_user(request, f"{release} cannot be downloaded: {error}", messages.ERROR)
            return redirect("admin:modelstore_release_change", pk)

    def upload(self, request: HttpRequest) -> HttpResponseBase:
        """Who sends it is asked first: the check of the CSRF token reads the body, which may be large."""
        if not allowed(request, "add_release"):
            raise PermissionDenied
        if request.method == "POST" and not int(request.META.get("CONTENT_LENGTH") or 0):
            self.message_user(
                request,
                f"The file is larger than {_largest()}. The setting MAX_BUNDLE_BYTES allows more.",
                messages.ERROR,
            )
            return redirect("admin:modelstore_release_upload")
        return csrf_protect(self._upload)(request)

    def _upload(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        if form.is_valid():
            try:
                file = form.cleaned_data["bundle"]
                release = publish_archive(file, user_name(request), f"Uploaded as {file.name}.")
            except PublishRefused as error:
                form.add_error("bundle", str(error))
            else:
                self.message_user(request, _told(release), messages.SUCCESS)
                return redirect("admin:modelstore_release_change", release.pk)
        page = {**self.admin_site.each_context(request), "opts": self.opts, "title": "Upload a bundle", "form": form}
        context = {**page, "largest": _largest(), "largest_bytes": settings.MAX_BUNDLE_BYTES}
        return TemplateResponse(request, "admin/modelstore/release/upload.html", context)


def _largest() -> str:
    return filesizeformat(settings.MAX_BUNDLE_BYTES)


def _told(release: Release) -> str:
    if release.status == Release.Status.DRAFT:
        return f"{release} is here as a draft. Publish it, then activate it, in the list of releases."
    return f"The same bundle was here already, as {release}: it is {release.status}."
