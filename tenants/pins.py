"""Which releases a key is pinned to."""

from django.db.models import F, Q

from tenants.models import ApiKey, Pin, Tenant


def pinned_releases(key: ApiKey) -> list[int]:
    """Primary keys of releases, the key's own pins before its tenant's. No query where `keys.find` saw no pin."""
    if not key.pin_seen:
        return []
    pins = Pin.objects.filter(Q(key=key.pk) | Q(tenant=key.tenant_id))
    return list(pins.order_by(F("key").asc(nulls_last=True)).values_list("release_id", flat=True))


def pinned_for_tenant(tenant: Tenant) -> list[int]:
    """The releases that answer a key of this tenant without pins of its own."""
    return list(Pin.objects.filter(tenant=tenant).values_list("release_id", flat=True))
