"""Requests, to find one by its id and to see what a tenant meets."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from tenants.admin.permanence import ReadOnly
from tenants.models import RequestRecord

COLUMNS = ("at", "request_id", "status", "code", "category", "brand", "release", "facings", "shown_milliseconds")
RECENT = 20


class Rounded:
    @admin.display(description="ms", ordering="milliseconds")
    def shown_milliseconds(self, record: RequestRecord) -> str:
        return f"{record.milliseconds:.0f}"


@admin.register(RequestRecord)
class RequestRecordAdmin(Rounded, ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("at", "request_id", "tenant", *COLUMNS[2:])
    list_filter = ("endpoint", "status", ("tenant", admin.RelatedOnlyFieldListFilter))
    search_fields = ("=request_id",)
    search_help_text = "The X-Request-ID of an answer"
    list_select_related = ("tenant",)
    show_full_result_count = False  # counts millions of rows for a number that nobody needs


class RecentRequests(Rounded, ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
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
