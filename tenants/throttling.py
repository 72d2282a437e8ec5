"""Limits per minute, counted by django-ratelimit in the cache: per key, per tenant, per address."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import get_usage
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from staff.address import counted_address
from tenants.errors import BurstLimited
from tenants.models import ApiKey, Tenant


def _seconds_to_wait(request: HttpRequest, group: str, value: str, limit: int) -> int:
    """Counts this request; 0 while it is within the limit."""
    usage: dict[str, Any] | None = get_usage(
        request, group=group, key=lambda group, request: value, rate=f"{limit}/m", increment=True
    )
    if usage is None or not usage["should_limit"]:
        return 0
    # The window still holds in its last second, so the next one begins a second later.
    return max(1, int(usage["time_left"]) + 1)


def _limit(owner: ApiKey | Tenant) -> int:
    """Requests a minute; 0 for none."""
    own = owner.burst_limit_per_minute
    return int(settings.BURST_LIMIT_PER_MINUTE) if own is None else own


def _count(request: HttpRequest, group: str, owner: ApiKey | Tenant) -> None:
    limit = _limit(owner)
    wait = limit and _seconds_to_wait(request, group, str(owner.pk), limit)
    if wait:
        raise BurstLimited.requests(wait, limit)


def count_request(request: HttpRequest, key: ApiKey) -> None:
    """Raises BurstLimited. The key comes first: what it refuses does not eat into its tenant's limit."""
    _count(request, "key-burst", key)
    _count(request, "tenant-burst", key.tenant)


def count_failed_key(request: HttpRequest) -> None:
    """Raises BurstLimited when too many requests without a valid key have come from this address.

    Only failures are counted and only failures are refused: a valid key is never held up by its neighbours.
    """
    limit = int(settings.FAILED_KEYS_PER_MINUTE)
    wait = _seconds_to_wait(request, "failed-key", counted_address(request) or "unknown", limit)
    if wait:
        raise BurstLimited.failed_keys(wait)


def count_refused_key(request: HttpRequest, key: ApiKey) -> None:
    """Raises BurstLimited for a genuine key that may not do what it is sent for, and is sent beyond its own limit.

    Counted apart: what the key may do, from its own network say, is not held up, and no other key is. Beyond the limit
    requests are not written down either: whoever has a dead key could fill a table with it.
    """
    limit = _limit(key) or int(settings.BURST_LIMIT_PER_MINUTE)
    wait = _seconds_to_wait(request, "refused-key", str(key.pk), limit)
    if wait:
        request.is_not_recorded = True  # type: ignore[attr-defined]
        raise BurstLimited.requests(wait, limit)


class BurstThrottle(BaseThrottle):
    """The limits of the key and its tenant, for a view's `throttle_classes`."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, ApiKey):
            count_request(request._request, request.auth)
        return True
