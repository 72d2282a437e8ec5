"""Test keys: never billed, and held to a number of requests a day."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from tenants import keys, quota
from tenants.errors import QuotaExhausted
from tenants.models import ApiKey, Tenant

NOON = datetime(2026, 11, 15, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=2)


def set_quota(tenant: Tenant, units: int) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(monthly_quota=units)


@pytest.fixture
def test_key(tenant: Tenant) -> ApiKey:
    return keys.issue(tenant, is_test=True)[0]


def test_a_test_key_is_never_billed(test_key: ApiKey) -> None:
    assert quota.reserve(test_key).settle().used == 0


def test_a_test_key_works_when_the_quota_is_used_up(test_key: ApiKey) -> None:
    set_quota(test_key.tenant, 0)
    quota.check_not_exhausted(test_key)
    assert quota.reserve(test_key)


def test_a_test_key_is_held_to_a_number_of_requests_a_day(test_key: ApiKey, settings: Settings) -> None:
    settings.TEST_KEY_REQUESTS_PER_DAY = 2
    for _ in range(2):
        quota.reserve(test_key, NOON).settle()
    with pytest.raises(QuotaExhausted, match="test key"):
        quota.reserve(test_key, NOON)


def test_a_test_key_that_has_used_its_day_is_refused_before_the_work(test_key: ApiKey, settings: Settings) -> None:
    settings.TEST_KEY_REQUESTS_PER_DAY = 1
    quota.reserve(test_key, NOON).settle()
    test_key.refresh_from_db()
    with pytest.raises(QuotaExhausted, match="test key"):
        quota.check_not_exhausted(test_key, NOON)
    quota.check_not_exhausted(test_key, NOON + timedelta(days=1))


def test_a_test_key_starts_afresh_on_the_next_day(test_key: ApiKey, settings: Settings) -> None:
    settings.TEST_KEY_REQUESTS_PER_DAY = 1
    quota.reserve(test_key, NOON).settle()
    assert quota.reserve(test_key, NOON + timedelta(days=1))


def test_a_released_test_unit_does_not_count_for_the_day(test_key: ApiKey, settings: Settings) -> None:
    settings.TEST_KEY_REQUESTS_PER_DAY = 1
    quota.reserve(test_key, NOON).release()
    assert quota.reserve(test_key, NOON)
