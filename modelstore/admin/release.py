"""Releases in admin: what is in each, what happened to it, and which shall answer."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from modelstore.admin.audit_trail import audit_trail, lines
from modelstore.admin.bundle_exchange import BundleExchange
from modelstore.admin.comparison import ReleaseComparison
from modelstore.admin.key_figures import KeyFigures
from modelstore.admin.read_only import ReadOnlyAdmin, allowed, user_name
from modelstore.admin.reason import ReasonForm
from modelstore.admin.reports import ReleaseReports
from modelstore.errors import PublishRefused
from modelstore.models import Release
from modelstore.promotion import promote
from modelstore.proving import prove
from modelstore.publishing import publish_draft
from staff.chips import chip
from staff.history import Line
from staff.moves import Move, Moves
from staff.theme import ChoiceFilter, PeriodFilter, RowFilter


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin, KeyFigures, ReleaseReports, ReleaseComparison, BundleExchange, Moves):
    moves = {
        "publish": Move("Publish", "A draft may be activated from now on. Nobody is answered by it yet."),
        "activate": Move(
            "Activate",
            "Shelves are read with it from the next request on, in place of the line's active release, which is kept: "
            "the page of the line has the button to roll back to it. It is proved first, which can take some seconds.",
            form=ReasonForm,
        ),
    }
    list_display = (
        "__str__",
        "shown_status",
        "top1",
        "coverage",
        "created_at",
        "activated_at",
        "refusal",
        "short_digest",
    )
    list_filter = (("line", RowFilter), ("status", ChoiceFilter), ("created_at", PeriodFilter))
    search_fields = ("line__category", "line__brand", "digest")
    actions = ("compare_selected",)
    readonly_fields = ("signed", "document")
    fieldsets = (
        (None, {"fields": ("line", "version", "status", "digest", "created_at", "activated_at", "refusal")}),
        ("Manifest", {"fields": ("signed", "document"), "classes": ("collapse",)}),
    )
    change_form_template = "admin/modelstore/release/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Release]:
        """Manifests are long, and only the page of one release shows its own."""
        releases: QuerySet[Release] = super().get_queryset(request)
        return releases.select_related("line").defer("manifest")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Release], search_term: str
    ) -> tuple[QuerySet[Release], bool]:
        """A whole name finds its release, as it is written everywhere else."""
        try:
            return queryset.filter(pk=Release.called(search_term.strip()).pk), False
        except Release.DoesNotExist:
            return super().get_search_results(request, queryset, search_term)

    @admin.display(description="status", ordering="status")
    def shown_status(self, release: Release) -> SafeString:
        return chip(release.get_status_display(), True if release.status == Release.Status.ACTIVE else None)

    @admin.display(description="digest")
    def short_digest(self, release: Release) -> str:
        return release.digest[:12]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        context["audit_trail"] = audit_trail(context["original"].events.all())
        return super().render_change_form(request, context, *args, **kwargs)

    def more_history(self, obj: Release) -> Iterable[Line]:
        return lines(obj.events.all())

    @admin.display(description="signature", empty_value="-")
    def signed(self, release: Release) -> SafeString | None:
        text = release.signature
        return format_html('<code class="staff-code">{}</code>', text) if text else None

    @admin.display(description="manifest.json")
    def document(self, release: Release) -> SafeString:
        return format_html('<pre class="staff-document">{}</pre>', release.manifest)

    # --- publishing and activating

    def may_move(self, request: HttpRequest, move: str) -> bool:
        return allowed(request, "change_release")

    def make_move(self, request: HttpRequest, rows: list[Release], move: str, said: dict[str, Any]) -> None:
        for release in rows:
            if move == "publish":
                self._publish(request, release)
            else:
                self._activate(request, release, said["reason"])

    def _publish(self, request: HttpRequest, release: Release) -> None:
        if publish_draft(release, user_name(request)):
            self.message_user(request, f"{release} is published and can be activated.", messages.SUCCESS)
        else:
            self.message_user(request, f"{release} is no draft: it is {release.status} already.", messages.WARNING)

    def _activate(self, request: HttpRequest, release: Release, reason: str) -> None:
        try:
            verdict = promote(release, prove, user_name(request), reason)
        except PublishRefused as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            done = (
                "is the active release of its line" if release.line.classifies else "answers from the next request on"
            )
            told = f"{release} {done}. {verdict.words}"
            self.message_user(request, told, messages.SUCCESS)
