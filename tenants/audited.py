"""What of tenants is in the audit trail: what staff decide, and neither secrets nor counters."""

from staff.audit import register
from tenants.models import ApiKey, Pin, Tenant, TopUp

TENANT = (
    *("name", "slug", "is_active", "monthly_quota", "contact_email", "allowed_origins"),
    *("burst_limit_per_minute", "request_timeout", "restrict_models"),
)
KEY = (
    *("tenant", "label", "is_test", "state", "expires_at", "api_version", "scopes", "burst_limit_per_minute"),
    *("allowed_networks", "monthly_cap", "replaced_by"),
)
# Never shown there: secrets, what the code makes of itself, and what requests count or note.
UNTOLD = {
    Tenant: {"id", "created_at"},
    ApiKey: {
        *("id", "key_id", "digest", "pepper_version", "first_of_line", "created_at"),
        *("last_used_at", "last_used_from", "test_day", "test_used"),
    },
    Pin: {"id", "line", "created_at"},
    TopUp: {"id", "made_at"},
}


def register_all() -> None:
    register(Tenant, *TENANT, many=("allowed_lines",))
    register(ApiKey, *KEY)
    register(Pin, "tenant", "key", "release", "purpose")
    register(TopUp, "month", "units", "reason", "made_by")
