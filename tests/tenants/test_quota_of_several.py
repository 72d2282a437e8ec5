"""A request for several images takes as many units: all of them, or none."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tenants import keys, quota
from tenants.errors import QuotaExhausted
from tenants.models import ApiKey, Reservation


def counted(key: ApiKey) -> tuple[int, int]:
    usage = quota.usage_of(key.tenant)
    return usage.used, usage.in_flight


def test_all_units_of_a_request_are_in_flight(key: ApiKey) -> None:
    quota.reserve(key, units=4)
    assert counted(key) == (0, 4)


def test_all_of_them_are_billed_together(key: ApiKey) -> None:
    usage = quota.reserve(key, units=4).settle()
    assert (usage.used, usage.in_flight) == counted(key) == (4, 0)


def test_all_of_them_are_given_back_together(key: ApiKey) -> None:
    quota.reserve(key, units=4).release()
    assert counted(key) == (0, 0)
    assert not Reservation.objects.exists()


def test_as_many_as_are_left_are_granted(key: ApiKey) -> None:
    assert quota.reserve(key, units=10).settle().remaining == 0


def test_one_more_than_are_left_is_refused_whole_and_says_how_many_are(key: ApiKey) -> None:
    quota.reserve(key, units=8).settle()
    with pytest.raises(QuotaExhausted, match=r"3 images, and 2 are left"):
        quota.reserve(key, units=3)
    assert counted(key) == (8, 0)


def test_the_cap_of_a_key_counts_every_image(key: ApiKey) -> None:
    capped, _ = keys.issue(key.tenant, monthly_cap=3)
    with pytest.raises(QuotaExhausted, match="may use"):
        quota.reserve(capped, units=4)
    quota.reserve(capped, units=3).settle()
    with pytest.raises(QuotaExhausted, match="may use"):
        quota.reserve(capped)


def test_a_test_key_takes_its_images_of_the_day_whole(key: ApiKey, settings: Settings) -> None:
    settings.TEST_KEY_REQUESTS_PER_DAY = 5
    test_key, _ = keys.issue(key.tenant, is_test=True)
    with pytest.raises(QuotaExhausted):
        quota.reserve(test_key, units=6)
    quota.reserve(test_key, units=3).settle()
    with pytest.raises(QuotaExhausted):
        quota.reserve(test_key, units=3)
    quota.reserve(test_key, units=2).release()
    quota.reserve(test_key, units=2).settle()


def test_units_of_a_lease_that_ran_out_are_billed_whole_once_they_are_answered(key: ApiKey, settings: Settings) -> None:
    settings.RESERVATION_LEASE = -1.0
    ticket = quota.reserve(key, units=3)
    assert counted(key) == (0, 0)
    assert ticket.settle().used == 3


def test_what_is_kept_with_the_bill_is_kept_in_its_transaction(key: ApiKey) -> None:
    ticket = quota.reserve(key, units=3)

    def fail() -> None:
        raise RuntimeError("the answer could not be kept")

    with pytest.raises(RuntimeError):
        ticket.settle(fail)
    assert counted(key) == (0, 3)
    ticket.release()
    assert counted(key) == (0, 0)


def test_the_month_is_written_once_however_many_units_are_claimed(key: ApiKey) -> None:
    quota.reserve(key).settle()
    with CaptureQueriesContext(connection) as captured:
        quota.reserve(key, units=5).settle()
    months = [query["sql"] for query in captured if query["sql"].strip().startswith("UPDATE tenants_usagemonth")]
    assert len(months) == 2
