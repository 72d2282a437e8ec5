"""Units beyond the quota of this month, on the page of a tenant."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse

from staff.asking import Question, ask
from staff.theme import ModelAdmin, NumberInput, TextInput
from tenants.models import Tenant
from tenants.quota import top_up, usage_of


class TopUpForm(forms.Form):
    units = forms.IntegerField(
        min_value=-1_000_000_000,
        max_value=1_000_000_000,
        widget=NumberInput,
        help_text="For this month alone (UTC). A negative number takes back what was added.",
    )
    reason = forms.CharField(
        max_length=200, widget=TextInput, help_text="Kept with the top-up, for whoever asks later."
    )


class TopUps(ModelAdmin):  # type: ignore[type-arg]
    """The part of TenantAdmin that tops up."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.top_up)
        return [path("<int:pk>/top-up/", view, name="tenants_tenant_top_up"), *super().get_urls()]

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
                self.message_user(request, f"{tenant} may use {usage.limit} units this month.", messages.SUCCESS)
                return redirect("admin:tenants_tenant_change", pk)
        return ask(self, request, _question(tenant, form), tenant)


def _question(tenant: Tenant, form: TopUpForm) -> Question:
    usage = usage_of(tenant)
    meaning = (
        f"{tenant} has used {usage.used:,} of {usage.limit:,} units in {usage.month:%B %Y} (UTC). "
        "What is added here is gone on the first of next month."
    )
    back = reverse("admin:tenants_tenant_change", args=[tenant.pk])
    return Question("Top up", "Top up", meaning, back, form=form)
