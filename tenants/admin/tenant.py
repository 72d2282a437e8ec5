"""Tenants: who they are, what they may use, how much of it is gone."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, F, FilteredRelation, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from staff.audit import note, root_of
from staff.chips import chip
from staff.moves import Move, Moves, move_url
from staff.theme import PeriodFilter, TabularInline
from tenants.admin import erasing
from tenants.admin.editing import SavesWhatChanged
from tenants.admin.links import link
from tenants.admin.permanence import NeverDeleted, ReadOnly
from tenants.admin.pin import PinInline
from tenants.admin.request_record import RecentRequests
from tenants.admin.top_up import TopUps
from tenants.admin.usage import UsageInline, percent
from tenants.models import ApiKey, Tenant
from tenants.models.usage import month_of
from tenants.notices import note_change
from tenants.quota import usage_of


class KeyInline(ReadOnly, TabularInline):  # type: ignore[type-arg]
    model = ApiKey
    fields = ("shown_key", "label", "shown_state", "kind", "expires_at", "last_used_at")
    readonly_fields = fields
    ordering = ("state", "-created_at")
    tab = True
    hide_title = True
    classes = ("staff-table",)
    extra = 0
    max_num = 0
    verbose_name_plural = "API keys"

    @admin.display(description="key")
    def shown_key(self, key: ApiKey) -> SafeString:
        return link(key, f"{key.shown_prefix}_…")

    @admin.display
    def kind(self, key: ApiKey) -> str:
        return "Test" if key.is_test else "Live"

    @admin.display(description="state")
    def shown_state(self, key: ApiKey) -> SafeString:
        return chip(key.get_state_display(), key.state == ApiKey.State.ACTIVE)


@admin.register(Tenant)
class TenantAdmin(NeverDeleted, SavesWhatChanged, TopUps, Moves):
    moves = {
        "suspend": Move("Suspend", "All its keys are answered with 403 until it is resumed.", stops=True),
        "resume": Move("Resume", "Its keys are accepted again."),
    }
    list_display = ("name", "slug", "is_active", "monthly_quota", "used_this_month", "key_list", "contact_email")
    list_filter = ("is_active", "restrict_models", ("created_at", PeriodFilter))
    search_fields = ("name", "slug", "contact_email", "keys__key_id", "keys__label")
    search_help_text = "Name, slug, e-mail, or the id or label of a key"
    autocomplete_fields = ("allowed_lines",)
    readonly_fields = ("created_at",)
    inlines = (KeyInline, UsageInline, RecentRequests, PinInline)
    fieldsets = (
        (None, {"fields": ("name", "slug", "contact_email", "created_at")}),
        ("Quota", {"fields": ("monthly_quota", "burst_limit_per_minute", "request_timeout")}),
        ("Models", {"fields": ("restrict_models", "allowed_lines")}),
        ("Browsers", {"fields": ("allowed_origins",)}),
    )

    change_form_template = "admin/tenants/tenant/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.erase)
        return [path("<int:pk>/erase/", view, name="tenants_tenant_erase"), *super().get_urls()]

    def erase(self, request: HttpRequest, pk: int) -> HttpResponse:
        return erasing.page(self, request, get_object_or_404(Tenant, pk=pk))

    def save_model(self, request: HttpRequest, obj: Tenant, form: Any, change: bool) -> None:
        """A quota that is lowered may be used up at once."""
        super().save_model(request, obj, form, change)
        if change and "monthly_quota" in form.changed_data:
            note_change(obj.pk, usage_of(obj))

    def more_roots(self, obj: Tenant) -> Iterable[str]:
        return [root_of("tenants.apikey", pk) for pk in obj.keys.values_list("pk", flat=True)]

    def get_inlines(self, request: HttpRequest, obj: Tenant | None) -> tuple[Any, ...]:
        """A new tenant has nothing to list."""
        return self.inlines if obj else ()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        tenant: Tenant | None = context["original"]
        if tenant:
            context |= {
                "live_keys": getattr(tenant, "live_keys", 0),
                "may_change": self.has_change_permission(request, tenant),
                "suspend_url": move_url(tenant, "suspend" if tenant.is_active else "resume"),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenant]:
        this_month = Q(usage_months__month=month_of(timezone.now()))
        live = Count("keys", filter=Q(keys__state=ApiKey.State.ACTIVE), distinct=True)
        tenants: QuerySet[Tenant] = super().get_queryset(request)
        return tenants.annotate(
            this_month=FilteredRelation("usage_months", condition=this_month),
            used_now=F("this_month__used"),
            extra_now=F("this_month__extra"),
            live_keys=live,
        )

    @admin.display(description="used this month", ordering="used_now")
    def used_this_month(self, tenant: Tenant) -> str:
        used, extra = getattr(tenant, "used_now", None) or 0, getattr(tenant, "extra_now", None) or 0
        added = f", topped up by {extra:,}" if extra else ""
        return f"{used:,} ({percent(used, tenant.monthly_quota + extra)}{added})"

    @admin.display(description="active keys", ordering="live_keys")
    def key_list(self, tenant: Tenant) -> SafeString:
        address = f"{reverse('admin:tenants_apikey_changelist')}?tenant__id__exact={tenant.pk}"
        return format_html('<a href="{}">{}</a>', address, getattr(tenant, "live_keys", 0))

    # --- suspending, resuming

    def movable(self, rows: QuerySet[Tenant], move: str) -> QuerySet[Tenant]:
        return rows.filter(is_active=move == "suspend")

    def shown_thing(self, row: Tenant) -> str:
        return f"{row}: {getattr(row, 'live_keys', 0)} active key(s)"

    def make_move(self, request: HttpRequest, rows: list[Tenant], move: str, said: dict[str, Any]) -> None:
        active = move == "resume"
        for tenant in rows:
            with transaction.atomic():
                if Tenant.objects.filter(pk=tenant.pk).exclude(is_active=active).update(is_active=active):
                    note(tenant, is_active=(not active, active))
        told = "Their keys work again." if active else "Their keys now answer 403."
        self.message_user(request, told, messages.SUCCESS)
