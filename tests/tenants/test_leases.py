"""Units whose process died, or whose clock was set: free again in time, and billed once."""

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from pytest_django import Settings

from tenants import ledger, quota
from tenants.models import ApiKey, Reservation, UsageMonth

NOON = datetime(2026, 11, 15, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=2)


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
