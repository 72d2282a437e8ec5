"""Reserving, billing and giving back, one unit at a time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from tenants import keys, quota
from tenants.errors import QuotaExhausted
from tenants.models import ApiKey, Reservation, Tenant, UsageMonth

NOON = datetime(2026, 11, 15, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=2)


def set_quota(tenant: Tenant, units: int) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(monthly_quota=units)


def test_a_reserved_unit_is_in_flight(key: ApiKey) -> None:
    quota.reserve(key, NOON)
    assert quota.usage_of(key.tenant, NOON).in_flight == 1


def test_a_reserved_unit_is_missing_from_what_remains(key: ApiKey) -> None:
    quota.reserve(key, NOON)
    assert quota.usage_of(key.tenant, NOON).remaining == 9


def test_a_settled_unit_is_used(key: ApiKey) -> None:
    quota.reserve(key).settle()
    usage = quota.usage_of(key.tenant)
    assert (usage.used, usage.in_flight) == (1, 0)


def test_settling_tells_the_usage_that_includes_this_unit(key: ApiKey) -> None:
    assert quota.reserve(key).settle() == quota.usage_of(key.tenant)


def test_a_released_unit_is_free_again(key: ApiKey) -> None:
    quota.reserve(key).release()
    usage = quota.usage_of(key.tenant)
    assert (usage.used, usage.in_flight) == (0, 0)


@pytest.mark.parametrize("ends", [["settle", "settle"], ["settle", "release"]])
def test_a_settled_unit_stays_billed_once_whatever_follows(key: ApiKey, ends: list[str]) -> None:
    ticket = quota.reserve(key)
    for end in ends:
        getattr(ticket, end)()
    assert quota.usage_of(key.tenant).used == 1


@pytest.mark.parametrize("ends", [["release", "release"], ["release", "settle"]])
def test_a_released_unit_stays_free_whatever_follows(key: ApiKey, ends: list[str]) -> None:
    ticket = quota.reserve(key)
    for end in ends:
        getattr(ticket, end)()
    usage = quota.usage_of(key.tenant)
    assert (usage.used, usage.in_flight) == (0, 0)


def test_the_unit_after_the_last_is_refused(key: ApiKey) -> None:
    for _ in range(10):
        quota.reserve(key).settle()
    with pytest.raises(QuotaExhausted):
        quota.reserve(key)


def test_a_refused_unit_leaves_nothing_behind(key: ApiKey) -> None:
    set_quota(key.tenant, 0)
    with pytest.raises(QuotaExhausted):
        quota.reserve(key)
    assert not Reservation.objects.exists()


def test_units_in_flight_count_against_the_quota(key: ApiKey) -> None:
    for _ in range(10):
        quota.reserve(key)
    with pytest.raises(QuotaExhausted):
        quota.reserve(key)


def test_every_key_of_a_tenant_draws_on_the_same_quota(key: ApiKey) -> None:
    other, _ = keys.issue(key.tenant)
    quota.reserve(other).settle()
    assert quota.reserve(key).settle().used == 2


def test_a_tenant_does_not_draw_on_the_quota_of_another(key: ApiKey) -> None:
    other, _ = keys.issue(Tenant.objects.create(name="Beta", monthly_quota=5))
    quota.reserve(other).settle()
    assert quota.usage_of(key.tenant).used == 0


def test_a_quota_lowered_in_mid_month_refuses_the_next_unit_at_once(key: ApiKey) -> None:
    quota.reserve(key).settle()
    set_quota(key.tenant, 1)
    with pytest.raises(QuotaExhausted):
        quota.reserve(key)


def test_below_what_is_used_a_lowered_quota_leaves_nothing_rather_than_less(key: ApiKey) -> None:
    for _ in range(3):
        quota.reserve(key).settle()
    set_quota(key.tenant, 1)
    assert quota.usage_of(key.tenant).remaining == 0


def test_a_unit_in_flight_when_the_quota_is_lowered_is_still_billed(key: ApiKey) -> None:
    ticket = quota.reserve(key)
    set_quota(key.tenant, 0)
    assert ticket.settle().used == 1


def test_a_raised_quota_grants_the_next_unit_at_once(key: ApiKey) -> None:
    set_quota(key.tenant, 0)
    set_quota(key.tenant, 1)
    assert quota.reserve(key).settle().used == 1


def test_the_unit_belongs_to_the_month_in_utc_in_which_the_request_arrived(key: ApiKey) -> None:
    amman = datetime.fromisoformat("2026-12-01T01:30:00+03:00")
    quota.reserve(key, amman).settle()
    assert quota.history(key.tenant) == [quota.MonthUsed(date(2026, 11, 1), 1)]


def test_a_unit_settled_after_midnight_is_billed_to_the_month_it_was_reserved_in(key: ApiKey) -> None:
    ticket = quota.reserve(key, datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC))
    assert ticket.settle().month == date(2026, 10, 1)


def test_a_new_month_starts_with_the_whole_quota(key: ApiKey) -> None:
    for _ in range(10):
        quota.reserve(key, NOON).settle()
    assert quota.usage_of(key.tenant, datetime(2026, 12, 1, tzinfo=UTC)).remaining == 10


def test_the_reset_is_the_first_second_of_the_next_month(key: ApiKey) -> None:
    usage = quota.usage_of(key.tenant, datetime(2026, 12, 31, 23, tzinfo=UTC))
    assert datetime.fromtimestamp(usage.reset_epoch, UTC) == datetime(2027, 1, 1, tzinfo=UTC)


def test_history_lists_the_newest_month_first(key: ApiKey) -> None:
    for month in (9, 11, 10):
        quota.reserve(key, datetime(2026, month, 3, tzinfo=UTC)).settle()
    assert [row.month.month for row in quota.history(key.tenant)] == [11, 10, 9]


@pytest.mark.parametrize("counter", ["used", "in_flight"])
def test_the_database_itself_refuses_a_negative_count(key: ApiKey, counter: str) -> None:
    quota.reserve(key).settle()
    with pytest.raises(IntegrityError), transaction.atomic():
        UsageMonth.objects.update(**{counter: -1})


def test_an_exhausted_quota_is_refused_before_the_work(key: ApiKey) -> None:
    set_quota(key.tenant, 0)
    with pytest.raises(QuotaExhausted):
        quota.check_not_exhausted(key)


def test_units_in_flight_do_not_refuse_a_request_before_its_work(key: ApiKey) -> None:
    for _ in range(10):
        quota.reserve(key)
    quota.check_not_exhausted(key)


def test_refusing_early_costs_a_proven_key_no_query(
    text: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    key = keys.prove(text)
    with django_assert_num_queries(0):
        quota.check_not_exhausted(key)
