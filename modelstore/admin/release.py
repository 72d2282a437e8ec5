"""Releases in admin: what is in each, what happened to it, and which shall answer."""

from collections.abc import Iterable

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from modelstore.admin.audit_trail import audit_trail, lines
from modelstore.admin.bundle_exchange import BundleExchange
from modelstore.admin.comparison import ReleaseComparison
from modelstore.admin.key_figures import KeyFigures
from modelstore.admin.read_only import ReadOnlyAdmin, allowed, user_name
from modelstore.admin.reports import ReleaseReports
from modelstore.errors import PublishRefused
from modelstore.models import Release
from modelstore.promotion import promote
from modelstore.proving import prove
from modelstore.publishing import publish_draft
from staff.history import Line

AS_IT_IS = "margin: 0; max-height: 30rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere"


class ReasonForm(ActionForm):
    reason = forms.CharField(required=False, max_length=2000, label="Why (kept in the audit trail):")


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin, KeyFigures, ReleaseReports, ReleaseComparison, BundleExchange):
    list_display = ("__str__", "status", "top1", "coverage", "created_at", "activated_at", "refusal", "short_digest")
    list_filter = ("status", "line__category")
    search_fields = ("line__category", "line__brand", "digest")
    actions = ("compare_selected", "publish_selected", "activate_selected")
    action_form = ReasonForm
    readonly_fields = ("history", "signed", "document")
    fieldsets = (
        (None, {"fields": ("line", "version", "status", "digest", "created_at", "activated_at", "refusal", "history")}),
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

    @admin.display(description="digest")
    def short_digest(self, release: Release) -> str:
        return release.digest[:12]

    @admin.display(description="audit trail")
    def history(self, release: Release) -> SafeString:
        return audit_trail(release.events.all())

    def more_history(self, obj: Release) -> Iterable[Line]:
        return lines(obj.events.all())

    @admin.display(description="signature", empty_value="-")
    def signed(self, release: Release) -> SafeString | None:
        text = release.signature
        return format_html('<code style="overflow-wrap: anywhere">{}</code>', text) if text else None

    @admin.display(description="manifest.json")
    def document(self, release: Release) -> SafeString:
        return format_html('<pre style="{}">{}</pre>', AS_IT_IS, release.manifest)

    def has_activate_permission(self, request: HttpRequest) -> bool:
        return allowed(request, "change_release")

    @admin.action(description="Publish: a draft may be activated from now on", permissions=["activate"])
    def publish_selected(self, request: HttpRequest, chosen: QuerySet[Release]) -> None:
        for release in chosen:
            if publish_draft(release, user_name(request)):
                self.message_user(request, f"{release} is published and can be activated.", messages.SUCCESS)
            else:
                self.message_user(request, f"{release} is no draft: it is {release.status} already.", messages.WARNING)

    @admin.action(description="Activate: answer with this release from now on", permissions=["activate"])
    def activate_selected(self, request: HttpRequest, chosen: QuerySet[Release]) -> None:
        """The one before is kept; its line's page has the button to roll back to it."""
        for release in chosen:
            try:
                verdict = promote(release, prove, user_name(request), request.POST.get("reason", ""))
            except PublishRefused as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                told = f"{release} answers from the next request on. {verdict.words}"
                self.message_user(request, told, messages.SUCCESS)
