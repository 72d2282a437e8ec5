"""Requests, to find one by its id and to see what a tenant meets."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from staff.theme import ModelAdmin, TabularInline
from tenants.admin.permanence import ReadOnly
from tenants.models import RequestRecord

COLUMNS = ("moment", "request_id", "outcome", "asked", "release", "facings", "shown_milliseconds")
RECENT = 20


class Shown:
    """In as little room as a row has."""

    @admin.display(description="time (UTC)", ordering="at")
    def moment(self, record: RequestRecord) -> str:
        return f"{record.at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description="status", ordering="status")
    def outcome(self, record: RequestRecord) -> str:
        return f"{record.status} {record.code}".strip()

    @admin.display(description="category / brand")
    def asked(self, record: RequestRecord) -> str:
        return " / ".join(filter(None, (record.category, record.brand))) or record.endpoint

    @admin.display(description="ms", ordering="milliseconds")
    def shown_milliseconds(self, record: RequestRecord) -> str:
        return f"{record.milliseconds:.0f}"


@admin.register(RequestRecord)
class RequestRecordAdmin(Shown, ReadOnly, ModelAdmin):  # type: ignore[type-arg]
    list_display = (*COLUMNS[:2], "tenant", *COLUMNS[2:])
    list_filter = ("endpoint", "status", ("tenant", admin.RelatedOnlyFieldListFilter))
    search_fields = ("=request_id",)
    search_help_text = "The X-Request-ID of an answer"
    list_select_related = ("tenant",)
    show_full_result_count = False  # counts millions of rows for a number that nobody needs


class RecentRequests(Shown, ReadOnly, TabularInline):  # type: ignore[type-arg]
    model = RequestRecord
    fields = COLUMNS
    readonly_fields = fields
    extra = 0
    max_num = 0
    verbose_name_plural = f"requests, the last {RECENT}"

    def get_queryset(self, request: HttpRequest) -> QuerySet[RequestRecord]:
        """A formset cannot take a slice, so they are named by their keys."""
        rows: QuerySet[RequestRecord] = super().get_queryset(request)
        tenant_pk: str = request.resolver_match.kwargs.get("object_id", "") if request.resolver_match else ""
        if not tenant_pk.isdecimal():
            return rows.none()
        newest = rows.filter(tenant__pk=tenant_pk).values_list("pk", flat=True)[:RECENT]
        return rows.filter(pk__in=list(newest))
