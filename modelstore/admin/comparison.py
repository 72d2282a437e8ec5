"""Two releases of a line side by side, so that whoever activates one knows what changes."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from inference.errors import ReleaseRefused
from inference.manifest import loads
from modelstore.evaluation.page.compared import Compared, compared
from modelstore.evaluation.page.pictures import kept_photo
from modelstore.evaluation.released import all_answers, page_of_release
from modelstore.models import Release
from staff.theme import ModelAdmin

_TWO = "Choose two releases of one category and brand to compare."


class ReleaseComparison(ModelAdmin):  # type: ignore[type-arg]
    """The part of ReleaseAdmin that compares."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.compare)
        return [path("compare/", view, name="modelstore_release_compare"), *super().get_urls()]

    @admin.action(description="Compare two releases of one brand", permissions=["view"])
    def compare_selected(self, request: HttpRequest, chosen: "QuerySet[Release]") -> HttpResponse | None:
        if chosen.count() != 2:
            self.message_user(request, _TWO, messages.WARNING)
            return None
        return redirect(comparison_url(*chosen))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        release: Release = context["original"]
        active = release.line.active()
        if active and active != release:
            context |= {"active_release": active, "comparison_url": comparison_url(active, release)}
        return super().render_change_form(request, context, *args, **kwargs)

    def compare(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = [_chosen(request, name) for name in ("one", "other")]
        one, other = found
        if one is None or other is None or one == other or one.line_id != other.line_id:
            return self._refused(request, _TWO)
        try:
            context = {
                "compared": _compared(one, other),
                "releases": found,
                "other_detector": _detectors_differ(one, other),
            }
        except ReleaseRefused as error:
            return self._refused(request, f"{one} and {other} cannot be compared. {error}")
        page = {**self.admin_site.each_context(request), "opts": self.opts, "title": f"{one} and {other}"}
        return TemplateResponse(request, "admin/modelstore/release/compare.html", page | context)

    def _refused(self, request: HttpRequest, why: str) -> HttpResponse:
        self.message_user(request, why, messages.ERROR)
        return redirect("admin:modelstore_release_changelist")


def comparison_url(first: Release, second: Release) -> str:
    """The active release comes first, or else the earlier: the other is the candidate."""
    one, other = sorted((first, second), key=lambda release: (release.status != Release.Status.ACTIVE, release.version))
    return f"{reverse('admin:modelstore_release_compare')}?one={one.pk}&other={other.pk}"


def _chosen(request: HttpRequest, field: str) -> Release | None:
    text = request.GET.get(field, "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    return Release.objects.select_related("line").filter(pk=number).first()


def _compared(one: Release, other: Release) -> Compared:
    first, second = ((all_answers(release), page_of_release(release)) for release in (one, other))
    return compared(first, second, kept_photo)


def _detectors_differ(one: Release, other: Release) -> bool:
    """Products on shelves are then found in another order, and cannot be told to be the same."""
    first, second = (loads(release.manifest.encode()).detector for release in (one, other))
    return first != second  # its settings decide what it finds, too
