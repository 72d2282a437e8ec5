"""Who may ask, with which key, and how much of it has been used."""

from tenants.models.api_key import ApiKey, Scope
from tenants.models.pin import Pin
from tenants.models.request_record import RequestRecord
from tenants.models.rollup import UsageDay, UsageHour
from tenants.models.stored_answer import StoredAnswer
from tenants.models.tenant import Tenant
from tenants.models.usage import QuotaNotice, Reservation, TopUp, Usage, UsageMonth

__all__ = [
    "ApiKey",
    "Pin",
    "QuotaNotice",
    "RequestRecord",
    "Reservation",
    "Scope",
    "StoredAnswer",
    "Tenant",
    "TopUp",
    "Usage",
    "UsageDay",
    "UsageHour",
    "UsageMonth",
]
