"""Usage per month, to look at and never to touch."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.db.models.functions import NullIf
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString

from staff.theme import ModelAdmin, RowFilter, TabularInline
from tenants.admin.links import link
from tenants.admin.newest import NewestOfTenant
from tenants.admin.permanence import ReadOnly
from tenants.invoicing import as_csv
from tenants.models import UsageMonth


def percent(used: int, quota: int) -> str:
    return f"{100 * used / quota:.0f} %" if quota else "–"


@admin.register(UsageMonth)
class UsageMonthAdmin(ReadOnly, ModelAdmin):  # type: ignore[type-arg]
    list_display = ("shown_tenant", "shown_month", "used", "in_flight", "extra", "quota_now", "share")
    list_filter = (("tenant", RowFilter),)
    list_display_links = ("shown_month",)
    search_fields = ("tenant__name", "tenant__slug")
    date_hierarchy = "month"
    list_select_related = ("tenant",)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.export)
        return [path("export/", view, name="tenants_usagemonth_export"), *super().get_urls()]

    def _may_export(self, request: HttpRequest) -> bool:
        """Invoices are for those who run tenants."""
        return request.user.has_perm("tenants.change_tenant")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        may_export = {"may_export": self._may_export(request)}
        return super().changelist_view(request, {**(extra_context or {}), **may_export})

    def export(self, request: HttpRequest) -> StreamingHttpResponse:
        """What the list shows under the same filters, all pages of it."""
        if not (self.has_view_permission(request) and self._may_export(request)):
            raise PermissionDenied
        months = self.get_changelist_instance(request).get_queryset(request).select_related("tenant")
        answer = StreamingHttpResponse(as_csv(months.iterator()), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="usage.csv"'
        return answer

    @admin.display(description="tenant", ordering="tenant__name")
    def shown_tenant(self, row: UsageMonth) -> SafeString:
        return link(row.tenant)

    @admin.display(description="month", ordering="month")
    def shown_month(self, row: UsageMonth) -> str:
        return f"{row.month:%Y-%m}"

    @admin.display(description="quota today", ordering="tenant__monthly_quota")
    def quota_now(self, row: UsageMonth) -> int:
        return row.tenant.monthly_quota

    @admin.display(
        description="share of both", ordering=F("used") * 1.0 / NullIf(F("tenant__monthly_quota") + F("extra"), 0)
    )
    def share(self, row: UsageMonth) -> str:
        return percent(row.used, row.tenant.monthly_quota + row.extra)


class UsageInline(ReadOnly, NewestOfTenant, TabularInline):  # type: ignore[type-arg]
    model = UsageMonth
    most = 12
    fields = ("shown_month", "used", "in_flight", "extra")
    readonly_fields = fields
    ordering = ("-month",)
    tab = True
    hide_title = True
    classes = ("staff-table",)
    extra = 0
    max_num = 0
    verbose_name_plural = "usage of twelve months"

    @admin.display(description="month")
    def shown_month(self, row: UsageMonth) -> str:
        return f"{row.month:%Y-%m}"
