"""From one thing of a tenant to another."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tenants.models import ApiKey, RequestRecord, Tenant


def link(row: Tenant | ApiKey | RequestRecord, shown: object = None) -> SafeString:
    """To its page. shown: instead of its name."""
    address = reverse(f"admin:tenants_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a class="staff-link" href="{}">{}</a>', address, shown or row)
