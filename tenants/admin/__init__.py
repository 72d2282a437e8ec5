"""Tenants, keys and usage as staff see them. Nothing here deletes: bills hang on these rows."""

from tenants.admin.api_key import ApiKeyAdmin
from tenants.admin.notice import QuotaNoticeAdmin
from tenants.admin.tenant import TenantAdmin
from tenants.admin.usage import UsageMonthAdmin

__all__ = ["ApiKeyAdmin", "QuotaNoticeAdmin", "TenantAdmin", "UsageMonthAdmin"]
