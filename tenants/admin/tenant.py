"""Tenants: who they are, what they may use, how much of it is gone."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, F, FilteredRelation, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from staff.theme import ModelAdmin, TabularInline
from tenants.admin import erasing
from tenants.admin.permanence import NeverDeleted, ReadOnly
from tenants.admin.pin import PinInline
from tenants.admin.request_record import RecentRequests
from tenants.admin.usage import UsageInline, percent
from tenants.models import ApiKey, Tenant
from tenants.models.usage import month_of
from tenants.quota import top_up, usage_of


class KeyInline(ReadOnly, TabularInline):  # type: ignore[type-arg]
    model = ApiKey
    fields = ("shown_prefix", "label", "state", "is_test", "expires_at", "last_used_at")
    readonly_fields = fields
    ordering = ("state", "-created_at")
    show_change_link = True
    extra = 0
    max_num = 0
    verbose_name_plural = "API keys"

    @admin.display(description="key")
    def shown_prefix(self, key: ApiKey) -> str:
        return f"{key.shown_prefix}_…"


class TopUpForm(forms.Form):
    units = forms.IntegerField(
        min_value=-1_000_000_000,
        max_value=1_000_000_000,
        help_text="For this month alone (UTC). A negative number takes back what was added.",
    )
    reason = forms.CharField(max_length=200, help_text="Kept with the top-up, for whoever asks later.")


@admin.register(Tenant)
class TenantAdmin(NeverDeleted, ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "slug", "is_active", "monthly_quota", "used_this_month", "key_list", "contact_email")
    list_filter = ("is_active", "restrict_models")
    search_fields = ("name", "slug", "contact_email", "keys__key_id", "keys__label")
    search_help_text = "Name, slug, e-mail, or the id or label of a key"
    filter_horizontal = ("allowed_lines",)
    readonly_fields = ("used_this_month", "key_list", "created_at")
    inlines = (PinInline, KeyInline, UsageInline, RecentRequests)
    actions = ("activate", "deactivate")
    fieldsets = (
        (None, {"fields": ("name", "slug", "contact_email", "is_active", "created_at")}),
        ("Quota", {"fields": ("monthly_quota", "used_this_month", "burst_limit_per_minute", "request_timeout")}),
        ("Models", {"fields": ("restrict_models", "allowed_lines")}),
        ("Browsers", {"fields": ("allowed_origins",)}),
        ("Keys", {"fields": ("key_list",)}),
    )

    change_form_template = "admin/tenants/tenant/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.top_up)
        return [
            path("<int:pk>/top-up/", view, name="tenants_tenant_top_up"),
            path("<int:pk>/erase/", self.admin_site.admin_view(self.erase), name="tenants_tenant_erase"),
            *super().get_urls(),
        ]

    def erase(self, request: HttpRequest, pk: int) -> HttpResponse:
        return erasing.page(self, request, get_object_or_404(Tenant, pk=pk))

    def top_up(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks on GET, adds on POST."""
        tenant = get_object_or_404(Tenant, pk=pk)
        if not self.has_change_permission(request, tenant):
            raise PermissionDenied
        form = TopUpForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            units, reason = form.cleaned_data["units"], form.cleaned_data["reason"]
            try:
                usage = top_up(tenant, units, reason, request.user.get_username())
            except ValidationError as error:
                form.add_error(None, error)
            else:
                self.log_change(request, tenant, f"Top-up of {units} units for {usage.month:%Y-%m}: {reason}")
                self.message_user(request, f"{tenant} may use {usage.limit} units this month.", messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:tenants_tenant_change", args=[pk]))
        page = {**self.admin_site.each_context(request), "opts": self.opts, "title": "Top up"}
        context = {**page, "tenant": tenant, "form": form, "usage": usage_of(tenant)}
        return TemplateResponse(request, "admin/tenants/tenant/top_up.html", context)

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
        added = f", topped up by {extra}" if extra else ""
        return f"{used} ({percent(used, tenant.monthly_quota + extra)}{added})"

    @admin.display(description="active keys", ordering="live_keys")
    def key_list(self, tenant: Tenant) -> SafeString | str:
        if tenant.pk is None:
            return "Save the tenant first, then add a key."
        return format_html(
            '<a href="{}?tenant__id__exact={}">{}</a> · <a href="{}?tenant={}">add a key</a>',
            reverse("admin:tenants_apikey_changelist"),
            tenant.pk,
            getattr(tenant, "live_keys", 0),
            reverse("admin:tenants_apikey_add"),
            tenant.pk,
        )

    def _switch(self, request: HttpRequest, chosen: QuerySet[Tenant], active: bool) -> None:
        for tenant in chosen.exclude(is_active=active):
            Tenant.objects.filter(pk=tenant.pk).update(is_active=active)
            self.log_change(request, tenant, "Activated." if active else "Deactivated.")
        self.message_user(request, "Their keys work again." if active else "Their keys now answer 403.")

    @admin.action(description="Activate: let their keys in again", permissions=["change"])
    def activate(self, request: HttpRequest, chosen: QuerySet[Tenant]) -> None:
        self._switch(request, chosen, active=True)

    @admin.action(description="Deactivate: answer all their keys with 403", permissions=["change"])
    def deactivate(self, request: HttpRequest, chosen: QuerySet[Tenant]) -> None:
        self._switch(request, chosen, active=False)
