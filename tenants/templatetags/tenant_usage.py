"""Usage of a tenant for its page in admin."""

from django import template

from tenants.models import Tenant
from tenants.usage_chart import TenantUsage, usage_of_tenant

register = template.Library()


@register.simple_tag
def tenant_usage(tenant: Tenant) -> TenantUsage:
    return usage_of_tenant(tenant)
