"""Test keys are never billed; a small number of requests a day keeps them to testing."""

from datetime import UTC, datetime

from django.conf import settings
from django.db.models import Case, F, Q, Value, When

from tenants.errors import QuotaExhausted
from tenants.models import ApiKey


def take(key: ApiKey, now: datetime) -> None:
    """One conditional UPDATE on the key's own row; raises QuotaExhausted when the day is used up."""
    today = now.astimezone(UTC).date()
    limit: int = settings.TEST_KEY_REQUESTS_PER_DAY
    is_today = Q(test_day=today)
    room = ~is_today | Q(test_used__lt=limit)
    next_count = Case(When(is_today, then=F("test_used") + 1), default=Value(1))
    if not ApiKey.objects.filter(room, pk=key.pk).update(test_used=next_count, test_day=today):
        raise QuotaExhausted.of_the_day(limit)


def give_back(key: ApiKey, now: datetime) -> None:
    today = now.astimezone(UTC).date()
    ApiKey.objects.filter(pk=key.pk, test_day=today, test_used__gt=0).update(test_used=F("test_used") - 1)
