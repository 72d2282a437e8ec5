"""The page on which a superuser erases a tenant."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from tenants.erasure import erase
from tenants.models import Tenant

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin


class ErasureForm(forms.Form):
    slug = forms.CharField(label="the slug of the tenant, to go on")

    def __init__(self, tenant: Tenant, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._tenant = tenant

    def clean_slug(self) -> str:
        typed = str(self.cleaned_data["slug"])
        if typed != self._tenant.slug:
            raise forms.ValidationError(f"Nothing was erased: this tenant's slug is {self._tenant.slug}.")
        return typed


def page(admin: "ModelAdmin[Tenant]", request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Asks on GET, erases on POST when the slug was typed."""
    if not getattr(request.user, "is_superuser", False):
        raise PermissionDenied
    form = ErasureForm(tenant, request.POST or None)
    if request.method == "POST" and form.is_valid():
        rows = sum(erase(tenant).values())
        admin.message_user(request, f"{tenant.name} is erased: {rows:,} rows.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:tenants_tenant_changelist"))
    context = {**admin.admin_site.each_context(request), "opts": admin.opts, "title": f"Erase {tenant}?"}
    return TemplateResponse(request, "admin/tenants/tenant/erase.html", {**context, "tenant": tenant, "form": form})
