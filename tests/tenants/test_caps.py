"""What one key may use of its tenant's quota."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tenants import keys, ledger, quota
from tenants.errors import QuotaExhausted
from tenants.models import ApiKey, UsageMonth
from tenants.rotation import rotate

NOON = datetime(2026, 11, 15, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=2)


@pytest.fixture
def capped(key: ApiKey) -> ApiKey:
    """Three of the tenant's ten units."""
    key.monthly_cap = 3
    key.save()
    return key


def use(key: ApiKey, times: int, now: datetime = NOON) -> None:
    for _ in range(times):
        quota.reserve(key, now).settle()


def test_the_unit_after_the_cap_is_refused_and_says_that_it_is_the_keys(capped: ApiKey) -> None:
    use(capped, 3)
    with pytest.raises(QuotaExhausted, match="This API key") as refused:
        quota.reserve(capped, NOON)
    assert refused.value.code == "key_quota_exceeded"


def test_other_keys_of_the_tenant_go_on(capped: ApiKey) -> None:
    use(capped, 3)
    other, _ = keys.issue(capped.tenant)
    assert quota.reserve(other, NOON).settle().used == 4


def test_units_in_flight_count_against_the_cap(capped: ApiKey) -> None:
    for _ in range(3):
        quota.reserve(capped, NOON)
    with pytest.raises(QuotaExhausted):
        quota.reserve(capped, NOON)


def test_a_released_unit_is_free_for_the_key_again(capped: ApiKey) -> None:
    use(capped, 2)
    quota.reserve(capped, NOON).release()
    use(capped, 1)


def test_units_of_a_dead_process_come_back_to_the_key(capped: ApiKey) -> None:
    for _ in range(3):
        quota.reserve(capped, NOON)
    use(capped, 3, LATER)
    assert ledger.taken_by(capped, LATER) == 3


@pytest.mark.parametrize(("billed", "taken"), [(True, 1), (False, 0)])
def test_a_unit_that_ends_after_its_lease_is_counted_once_or_not_at_all(
    capped: ApiKey, billed: bool, taken: int
) -> None:
    ticket = quota.reserve(capped, NOON)
    quota.usage_of(capped.tenant, LATER)  # gives it back
    ticket.settle() if billed else ticket.release()
    assert ledger.taken_by(capped, NOON) == taken


def test_a_new_month_starts_with_the_whole_cap(capped: ApiKey) -> None:
    use(capped, 3)
    use(capped, 1, NOON + timedelta(days=30))


def test_when_the_tenants_quota_is_gone_that_is_what_is_told(capped: ApiKey) -> None:
    use(keys.issue(capped.tenant)[0], 10)
    with pytest.raises(QuotaExhausted) as refused:
        quota.reserve(capped, NOON)
    assert refused.value.code == "quota_exceeded"


def test_a_cap_set_in_mid_month_counts_what_was_used_before(key: ApiKey) -> None:
    use(key, 3)
    ApiKey.objects.filter(pk=key.pk).update(monthly_cap=3)
    with pytest.raises(QuotaExhausted):
        quota.reserve(ApiKey.objects.get(pk=key.pk), NOON)


def test_rotating_a_key_gives_it_no_second_cap(capped: ApiKey) -> None:
    use(capped, 2)
    new, _ = rotate(capped)
    use(new, 1)
    for each in (new, capped):
        with pytest.raises(QuotaExhausted):
            quota.reserve(each, NOON)


def test_what_keys_have_taken_is_what_their_tenant_has(capped: ApiKey) -> None:
    use(capped, 2)
    use(keys.issue(capped.tenant)[0], 3)
    quota.reserve(capped, NOON)
    month = UsageMonth.objects.get()
    assert sum(month.by_key.values()) == month.used + month.in_flight == 6


def test_a_key_at_its_cap_is_refused_before_the_work(client: Client, capped: ApiKey, text: str) -> None:
    for _ in range(3):
        quota.reserve(capped).settle()
    with pytest.raises(QuotaExhausted, match="This API key"):
        quota.check_not_exhausted(keys.prove(text))


def test_units_in_flight_do_not_refuse_a_capped_key_before_its_work(capped: ApiKey, text: str) -> None:
    for _ in range(3):
        quota.reserve(capped)
    quota.check_not_exhausted(keys.prove(text))
