"""Reserving, billing and giving back, one unit at a time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from tenants import keys, ledger, quota
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


def test_a_unit_whose_lease_ran_out_is_given_back_when_usage_is_read(key: ApiKey) -> None:
    quota.reserve(key, NOON)
    assert quota.usage_of(key.tenant, LATER).in_flight == 0


def test_a_unit_given_back_leaves_rows_and_counters_in_agreement(key: ApiKey) -> None:
    quota.reserve(key, NOON)
    quota.usage_of(key.tenant, LATER)
    assert (UsageMonth.objects.get().in_flight, Reservation.objects.count()) == (0, 0)


def test_a_unit_whose_lease_still_runs_is_kept(key: ApiKey) -> None:
    quota.reserve(key, NOON)
    assert quota.usage_of(key.tenant, NOON + timedelta(seconds=60)).in_flight == 1


def test_expired_units_make_room_for_the_next_reservation(key: ApiKey) -> None:
    for _ in range(10):
        quota.reserve(key, NOON)
    assert quota.reserve(key, LATER)


def test_a_reservation_gives_expired_units_back(key: ApiKey) -> None:
    quota.reserve(key, NOON)
    quota.reserve(key, LATER)
    assert UsageMonth.objects.get().in_flight == 1


def test_units_that_expire_during_a_request_are_not_told_as_in_flight_by_it(key: ApiKey) -> None:
    lost, ticket = quota.reserve(key), quota.reserve(key)
    Reservation.objects.filter(pk=Reservation.objects.earliest("pk").pk).update(expires_at=NOON - timedelta(days=999))
    assert ticket.settle().remaining == 9
    assert lost


def test_expired_units_of_last_month_are_given_back_to_last_month(key: ApiKey) -> None:
    quota.reserve(key, datetime(2026, 10, 31, 23, 59, tzinfo=UTC))
    ledger.give_back_expired(key.tenant_id, NOON)
    assert UsageMonth.objects.get(month=date(2026, 10, 1)).in_flight == 0


def test_a_unit_settled_after_its_lease_is_billed_because_it_was_answered(key: ApiKey) -> None:
    ticket = quota.reserve(key, NOON)
    ledger.give_back_expired(key.tenant_id, LATER)
    ticket.settle()
    row = UsageMonth.objects.get()
    assert (row.used, row.in_flight) == (1, 0)


def test_a_unit_released_after_its_lease_is_not_given_back_twice(key: ApiKey) -> None:
    ticket = quota.reserve(key, NOON)
    ledger.give_back_expired(key.tenant_id, LATER)
    ticket.release()
    assert UsageMonth.objects.get().in_flight == 0


def set_clock_back(by: timedelta) -> None:
    """What the tables hold then: leases of a moment that has not come yet."""
    for held in Reservation.objects.all():
        ahead = {"created_at": held.created_at + by, "expires_at": held.expires_at + by}
        Reservation.objects.filter(pk=held.pk).update(**ahead)


def test_a_unit_held_by_a_dead_process_is_free_at_once_when_the_clock_was_set_back(key: ApiKey) -> None:
    quota.reserve(key)
    set_clock_back(timedelta(hours=1))
    assert quota.usage_of(key.tenant).in_flight == 0


def test_the_next_reservation_gives_back_what_was_held_before_the_clock_was_set_back(key: ApiKey) -> None:
    quota.reserve(key)
    set_clock_back(timedelta(hours=1))
    quota.reserve(key).settle()
    assert Reservation.objects.count() == 0


def test_a_unit_in_flight_while_the_clock_is_set_back_is_billed_once(key: ApiKey) -> None:
    ticket = quota.reserve(key)
    set_clock_back(timedelta(hours=1))
    quota.usage_of(key.tenant)
    assert ticket.settle().used == 1
    assert UsageMonth.objects.get().in_flight == 0


def test_clocks_of_two_hosts_that_differ_by_seconds_give_nothing_back(key: ApiKey) -> None:
    quota.reserve(key)
    set_clock_back(timedelta(seconds=3))
    assert quota.usage_of(key.tenant).in_flight == 1


def test_a_request_that_waited_for_its_picture_gives_nothing_of_later_ones_back(key: ApiKey) -> None:
    quota.reserve(key, timezone.now())
    quota.reserve(key, timezone.now() - timedelta(seconds=30))
    assert UsageMonth.objects.get().in_flight == 2


def test_the_lease_comes_from_the_settings(key: ApiKey, settings: Settings) -> None:
    settings.RESERVATION_LEASE = 5
    quota.reserve(key, NOON)
    assert Reservation.objects.get().expires_at == NOON + timedelta(seconds=5)


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
