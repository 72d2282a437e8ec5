"""Lines in admin: which release answers, which did before, and the way back to it."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from modelstore.admin.add_sku import AddSku
from modelstore.admin.audit_trail import audit_trail, lines
from modelstore.admin.canary import CanaryControls
from modelstore.admin.read_only import ReadOnlyAdmin, allowed, user_name
from modelstore.admin.reason import ReasonForm
from modelstore.errors import PublishRefused
from modelstore.models import ModelLine, Release, ReleaseEvent
from modelstore.proving import prove
from modelstore.publishing import roll_back
from staff.asking import Question, ask
from staff.history import Line
from staff.theme import TabularInline


class ReleaseInline(ReadOnlyAdmin, TabularInline):  # type: ignore[type-arg]
    model = Release
    fields = ("linked_version", "status", "short_digest", "activated_at", "refusal")
    readonly_fields = ("linked_version", "short_digest")
    tab = True
    hide_title = True
    classes = ("staff-table",)
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Release]:
        releases: QuerySet[Release] = super().get_queryset(request)
        return releases.select_related("line").defer("manifest")

    @admin.display(description="release")
    def linked_version(self, release: Release) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:modelstore_release_change", args=[release.pk]), release
        )

    @admin.display(description="digest")
    def short_digest(self, release: Release) -> str:
        return release.digest[:12]


@admin.register(ModelLine)
class ModelLineAdmin(ReadOnlyAdmin, AddSku, CanaryControls):
    list_display = ("category", "brand", "kind", "slug", "active_version")
    search_fields = ("category", "brand", "slug")
    fields = ("category", "brand", "kind", "slug")
    readonly_fields = ("kind", "slug")
    inlines = (ReleaseInline,)
    change_form_template = "admin/modelstore/modelline/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelLine]:
        lines: QuerySet[ModelLine] = super().get_queryset(request)
        active = FilteredRelation("releases", condition=Q(releases__status=Release.Status.ACTIVE))
        return lines.annotate(active_release=active, answering=F("active_release__version"))

    @admin.display(description="active version", ordering="answering")
    def active_version(self, line: ModelLine) -> int | None:
        answering: int | None = getattr(line, "answering", None)
        return answering

    def more_history(self, obj: ModelLine) -> Iterable[Line]:
        return lines(ReleaseEvent.objects.filter(release__line=obj))

    # --- rolling back: one button, which names the release that will answer

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        line: ModelLine = context["original"]
        active = line.active()
        context |= {
            "active_release": active,
            "earlier_release": active and active.earlier(),
            "may_roll_back": allowed(request, "change_release"),
            "audit_trail": audit_trail(ReleaseEvent.objects.filter(release__line=line)),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.roll_back)
        return [path("<int:pk>/rollback/", view, name="modelstore_modelline_rollback"), *super().get_urls()]

    def roll_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks on GET. `leaving` is the release that the question named: never another one is rolled back."""
        if not allowed(request, "change_release"):
            raise PermissionDenied
        line = get_object_or_404(ModelLine, pk=pk)
        if request.method == "POST":
            leaving = get_object_or_404(line.releases.select_related("line"), version=_number(request, "leaving"))
            self._roll_back(request, line, leaving)
            return redirect("admin:modelstore_modelline_change", pk)
        active = line.active()
        earlier = active and active.earlier()
        if active is None or earlier is None:
            self.message_user(request, f"{line} has no earlier release to roll back to.", messages.WARNING)
            return redirect("admin:modelstore_modelline_change", pk)
        return ask(self, request, _question(line, active, earlier), line)

    def _roll_back(self, request: HttpRequest, line: ModelLine, leaving: Release) -> None:
        try:
            earlier = roll_back(line, prove, user_name(request), request.POST.get("reason", ""), leaving)
        except PublishRefused as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            told = f"{earlier} answers from the next request on, instead of {leaving}."
            self.message_user(request, told, messages.SUCCESS)


def _question(line: ModelLine, active: Release, earlier: Release) -> Question:
    return Question(
        title=f"Roll back to {earlier}?",
        verb=f"Roll back to {earlier}",
        meaning=f"{earlier} answers in place of {active} from the next request on; no request fails. "
        "It is proved first, which can take some seconds.",
        back=reverse("admin:modelstore_modelline_change", args=[line.pk]),
        form=ReasonForm(),
        kept=[("leaving", active.version)],
        stops=True,
        warning=f"{earlier} was refused when it was last loaded: {earlier.refusal}" if earlier.refusal else "",
    )


def _number(request: HttpRequest, field: str) -> int:
    """0, which no version has, for what is none."""
    text = request.POST.get(field, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
