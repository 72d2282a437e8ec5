"""Reports of releases in admin: to read in place, and to download."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header

from inference.errors import ReleaseRefused
from modelstore.evaluation.page.document import document
from modelstore.evaluation.released import listed, page_of_release
from modelstore.models import Release
from staff.theme import ModelAdmin

CONTENTS = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""No scripts, and nothing from elsewhere: what a report names may come from an uploaded bundle."""
_TYPES = {"html": "text/html; charset=utf-8", "json": "application/json"}


class ReleaseReports(ModelAdmin):  # type: ignore[type-arg]
    """The part of ReleaseAdmin that shows what a release is worth."""

    def get_urls(self) -> list[URLPattern]:
        shown, file = self.admin_site.admin_view(self.report), self.admin_site.admin_view(self.report_file)
        return [
            path("<int:pk>/report/", shown, name="modelstore_release_report"),
            path("<int:pk>/report.<str:kind>", file, name="modelstore_release_report_file"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        of = request.GET.get("of", "")
        try:
            context["report"] = page_of_release(context["original"], of)
            context["reports"] = listed(context["original"])
            context["shown_report"] = of if of in context["reports"] else next(iter(context["reports"]))
        except ReleaseRefused as error:
            context["report_problem"] = str(error)
        return super().render_change_form(request, context, *args, **kwargs)

    def report(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answered(request, pk, "html", attached=False)

    def report_file(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        if kind not in _TYPES:
            raise Http404
        return self._answered(request, pk, kind, attached=True)

    def _answered(self, request: HttpRequest, pk: int, kind: str, attached: bool) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        release = get_object_or_404(Release.objects.select_related("line"), pk=pk)
        try:
            page = page_of_release(release, request.GET.get("of", ""))
        except ReleaseRefused as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect("admin:modelstore_release_change", pk)
        name = f"report {release}.{kind}".replace("/", "-")
        return HttpResponse(
            document(page) if kind == "html" else page.summary.dumps(),
            _TYPES[kind],
            headers={
                "Content-Security-Policy": CONTENTS,
                "Content-Disposition": content_disposition_header(attached, name) or "inline",
            },
        )
