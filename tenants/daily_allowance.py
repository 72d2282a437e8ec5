"""Test keys are never billed; a small number of requests a day keeps them to testing."""

from datetime import UTC, date, datetime

from django.conf import settings
from django.db.models import Case, F, Q, Value, When

from tenants.errors import QuotaExhausted
from tenants.models import ApiKey


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()


def check(key: ApiKey, now: datetime) -> None:
    """Refuses early what `take` would refuse, by what was read with the key: no query, but for one that has taken the
    place of another, with which it shares a count."""
    limit: int = settings.TEST_KEY_REQUESTS_PER_DAY
    counts = key if key.counted_as == key.pk else ApiKey.objects.only("test_day", "test_used").get(pk=key.counted_as)
    if counts.test_day == _day(now) and counts.test_used >= limit:
        raise QuotaExhausted.of_the_day(limit)


def take(key: ApiKey, now: datetime, units: int = 1) -> None:
    """One conditional UPDATE on the row of the first of the keys that replaced each other; raises QuotaExhausted when
    the day does not leave them all."""
    today = _day(now)
    limit: int = settings.TEST_KEY_REQUESTS_PER_DAY
    is_today = Q(test_day=today)
    room = ~is_today | Q(test_used__lte=limit - units)
    next_count = Case(When(is_today, then=F("test_used") + units), default=Value(units))
    taking = ApiKey.objects.filter(room, pk=key.counted_as) if units <= limit else ApiKey.objects.none()
    if not taking.update(test_used=next_count, test_day=today):
        raise QuotaExhausted.of_the_day(limit)


def give_back(key: ApiKey, now: datetime, units: int = 1) -> None:
    ApiKey.objects.filter(pk=key.counted_as, test_day=_day(now), test_used__gte=units).update(
        test_used=F("test_used") - units
    )
