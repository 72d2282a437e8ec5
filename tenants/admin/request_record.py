"""Requests, to find one by its id and to see what a tenant meets."""

from django.contrib import admin
from django.utils.safestring import SafeString

from staff.chips import chip
from staff.theme import ModelAdmin, RowFilter, TabularInline, TextFilter
from tenants.admin.links import link
from tenants.admin.newest import NewestOfTenant
from tenants.admin.permanence import ReadOnly
from tenants.admin.request_filters import Endpoint, Outcome, Time
from tenants.models import RequestRecord

COLUMNS = ("moment", "request_id", "outcome", "asked", "release", "facings", "shown_milliseconds")
RECENT = 20


class Shown:
    """In as little room as a row has."""

    @admin.display(description="time (UTC)", ordering="at")
    def moment(self, record: RequestRecord) -> str:
        return f"{record.at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description="status", ordering="status")
    def outcome(self, record: RequestRecord) -> SafeString:
        good = True if record.status < 400 else None if record.status < 500 else False
        return chip(f"{record.status} {record.code}".strip(), good)

    @admin.display(description="category / brand")
    def asked(self, record: RequestRecord) -> str:
        return " / ".join(filter(None, (record.category, record.brand))) or record.endpoint

    @admin.display(description="ms", ordering="milliseconds")
    def shown_milliseconds(self, record: RequestRecord) -> str:
        return f"{record.milliseconds:.0f}"


@admin.register(RequestRecord)
class RequestRecordAdmin(Shown, ReadOnly, ModelAdmin):  # type: ignore[type-arg]
    list_display = (*COLUMNS[:2], "shown_tenant", *COLUMNS[2:])
    list_filter = (
        ("tenant", RowFilter),
        Outcome,
        Endpoint,
        ("at", Time),
        *((field, TextFilter) for field in ("code", "category", "brand", "release")),
    )
    fields = ("moment", "request_id", "shown_tenant", "shown_key", "endpoint", "outcome", *COLUMNS[3:])
    readonly_fields = fields
    search_fields = ("request_id__exact",)  # an index serves it; without regard to case none would
    search_help_text = "The X-Request-ID of an answer"
    list_select_related = ("tenant",)
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False  # counts millions of rows for a number that nobody needs

    @admin.display(description="tenant", ordering="tenant__name")
    def shown_tenant(self, record: RequestRecord) -> SafeString:
        return link(record.tenant)

    @admin.display(description="key")
    def shown_key(self, record: RequestRecord) -> SafeString:
        return link(record.key)


class RecentRequests(Shown, ReadOnly, NewestOfTenant, TabularInline):  # type: ignore[type-arg]
    model = RequestRecord
    most = RECENT
    fields = (COLUMNS[0], "linked_id", *COLUMNS[2:])
    readonly_fields = fields
    tab = True
    hide_title = True
    classes = ("staff-table",)
    extra = 0
    max_num = 0
    verbose_name_plural = f"last {RECENT} requests"

    @admin.display(description="request id")
    def linked_id(self, record: RequestRecord) -> SafeString:
        return link(record, record.request_id)
