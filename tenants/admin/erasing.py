"""The page on which a superuser erases a tenant."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from staff.asking import Question, ask
from staff.theme import ModelAdmin, TextInput
from tenants.erasure import erase
from tenants.models import Tenant

MEANING = """
<strong>{}</strong> goes for good, with its keys, usage, top-ups, requests, stored answers and history. Its keys are
refused from the first moment. Nobody can bring it back, not even from here. Bills may have to be kept for longer:
<a href="{}?tenant__id__exact={}">download its usage per month as CSV</a> first. Whoever must only be kept out for a
while is <em>suspended</em> instead.
"""


class ErasureForm(forms.Form):
    slug = forms.CharField(widget=TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))

    def __init__(self, tenant: Tenant, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._tenant = tenant
        self.fields["slug"].label = f"Type {tenant.slug}, the slug of the tenant, to go on"

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
    return ask(admin, request, _question(tenant, form), tenant)


def _question(tenant: Tenant, form: ErasureForm) -> Question:
    meaning = format_html(MEANING, tenant, reverse("admin:tenants_usagemonth_export"), tenant.pk)
    back = reverse("admin:tenants_tenant_change", args=[tenant.pk])
    return Question(f"Erase {tenant}?", "Erase for good", meaning, back, form=form, stops=True)
