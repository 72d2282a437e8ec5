"""The audit trail, newest first: to search, and never to touch."""

from auditlog.filters import ResourceTypeFilter
from auditlog.models import LogEntry
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from staff import history
from staff.admin.superusers import is_superuser
from staff.audited import ABOUT_STAFF
from staff.theme import ModelAdmin

admin.site.unregister(LogEntry)
LogEntry._meta.verbose_name, LogEntry._meta.verbose_name_plural = "audit trail entry", "audit trail"


@admin.register(LogEntry)
class TrailAdmin(ModelAdmin):  # type: ignore[type-arg]
    list_display = ("moment", "who", "what", "about", "fields_changed", "remote_addr")
    list_filter = ("action", ResourceTypeFilter)
    date_hierarchy = "timestamp"
    search_fields = ("object_repr", "changes", "additional_data", "remote_addr", "=object_pk")
    search_help_text = "What was changed, from what to what, by whom, or from which address"
    list_select_related = ("content_type",)
    list_per_page = 50
    show_full_result_count = False
    fields = ("moment", "who", "what", "about", "object_pk", "remote_addr", "detail")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> "QuerySet[LogEntry]":
        """What concerns staff themselves is shown to superusers alone."""
        entries: QuerySet[LogEntry] = super().get_queryset(request)
        if is_superuser(request):
            return entries
        models = [label.split(".") for label in ABOUT_STAFF]
        hidden = [ContentType.objects.get_by_natural_key(app, model).pk for app, model in models]
        return entries.exclude(content_type__in=hidden)

    @admin.display(description="time (UTC)", ordering="timestamp")
    def moment(self, entry: LogEntry) -> str:
        return f"{entry.timestamp:%Y-%m-%d %H:%M:%S}"

    @admin.display(description="who")
    def who(self, entry: LogEntry) -> str:
        return history.who(entry)

    @admin.display(description="what", ordering="action")
    def what(self, entry: LogEntry) -> str:
        return history.what(entry)

    @admin.display(description="of")
    def about(self, entry: LogEntry) -> SafeString | str:
        kind, told = entry.content_type, f"{entry.content_type.name}: {entry.object_repr}"
        try:
            address = reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[entry.object_pk])
        except NoReverseMatch:
            return told
        return told if entry.action == LogEntry.Action.DELETE else format_html('<a href="{}">{}</a>', address, told)

    @admin.display(description="fields")
    def fields_changed(self, entry: LogEntry) -> str:
        if entry.action == LogEntry.Action.CREATE:
            return ""
        return ", ".join(change.field for change in history.changes(entry))

    @admin.display(description="changes")
    def detail(self, entry: LogEntry) -> SafeString:
        return render_to_string("staff/changes.html", {"changes": history.changes(entry)})

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
