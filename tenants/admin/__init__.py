"""Tenants, keys and usage as staff see them. Nothing here deletes: bills hang on these rows."""

from tenants.admin.api_key import ApiKeyAdmin
from tenants.admin.notice import QuotaNoticeAdmin
from tenants.admin.request_record import RequestRecordAdmin
from tenants.admin.tenant import TenantAdmin
from tenants.admin.usage import UsageMonthAdmin

__all__ = ["ApiKeyAdmin", "QuotaNoticeAdmin", "RequestRecordAdmin", "TenantAdmin", "UsageMonthAdmin"]
