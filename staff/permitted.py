"""Whether whoever asks holds a permission."""

from django.http import HttpRequest


def may(request: HttpRequest, permission: str) -> bool:
    """permission: `tenants.change_tenant`. A user of the API, who is a tenant, holds none."""
    return bool(getattr(request.user, "has_perm", lambda _: False)(permission))
