"""Rotating a key: another takes its place, and both work until whoever uses the old one has changed."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from tenants.keys import seal
from tenants.models import ApiKey, Pin

GRACE = timedelta(days=7)
# What the new key takes over: everything that says what the old one may do. What both use is counted on the first.
KEPT = (
    *("tenant", "label", "is_test", "expires_at", "api_version", "scopes", "burst_limit_per_minute"),
    *("allowed_networks", "monthly_cap"),
)


def rotate(key: ApiKey, grace: timedelta = GRACE, now: datetime | None = None) -> tuple[ApiKey, str]:
    """The new key and its text; the old one is refused once the grace is over, or when it would have expired.

    Raises ValidationError for a key that works no more, or that has been rotated before.
    """
    now = now or timezone.now()
    with transaction.atomic():
        old = ApiKey.objects.select_for_update().get(pk=key.pk)
        _check(old, now)
        new = ApiKey(first_of_line_id=old.counted_as, **{name: getattr(old, name) for name in KEPT})
        text = seal(new)
        new.save()
        for pin in old.pins.select_related("release"):
            Pin.objects.create(key=new, release=pin.release, purpose=pin.purpose)
        old.replaced_by = new
        old.expires_at = min(filter(None, (old.expires_at, now + grace)))
        old.save(update_fields=["replaced_by", "expires_at"])
    return new, text


def _check(key: ApiKey, now: datetime) -> None:
    if key.replaced_by is not None:
        raise ValidationError(f"This key was rotated before: rotate {key.replaced_by.shown_prefix}, which replaced it.")
    if key.state != ApiKey.State.ACTIVE:
        raise ValidationError(f"Only an active key can be rotated, and this one is {key.state}. Issue a new one.")
    if key.expires_at is not None and key.expires_at <= now:
        raise ValidationError("This key has expired. Issue a new one.")
