"""Units beyond the quota, for one month, with a reason."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from tenants import keys, quota
from tenants.errors import QuotaExhausted
from tenants.models import ApiKey, Tenant, TopUp
from tenants.quota import top_up
from tests.tenants.admin_forms import history

NOVEMBER, DECEMBER = (datetime(2026, month, 15, tzinfo=UTC) for month in (11, 12))
WHY = ("campaign", "layla")


def test_a_top_up_grants_units_at_once(key: ApiKey) -> None:
    for _ in range(10):
        quota.reserve(key).settle()
    top_up(key.tenant, 1, *WHY)
    assert quota.reserve(key).settle().used == 11


def test_what_was_topped_up_is_used_up_in_its_turn(key: ApiKey) -> None:
    top_up(key.tenant, 1, *WHY)
    for _ in range(11):
        quota.reserve(key).settle()
    with pytest.raises(QuotaExhausted, match="11 requests"):
        quota.reserve(key)


def test_the_limit_that_is_told_includes_it(key: ApiKey, text: str) -> None:
    top_up(key.tenant, 5, *WHY)
    ticket = quota.reserve(key)
    told = keys.prove(text).usage_seen
    assert told is not None
    assert {told.limit, ticket.settle().limit, quota.usage_of(key.tenant).limit} == {15}


def test_next_month_it_is_gone(key: ApiKey) -> None:
    top_up(key.tenant, 5, *WHY, now=NOVEMBER)
    assert quota.usage_of(key.tenant, DECEMBER).limit == 10


def test_of_several_the_sum_counts(tenant: Tenant) -> None:
    for units in (5, 7, -2):
        top_up(tenant, units, *WHY)
    assert quota.usage_of(tenant).limit == 20


def test_no_more_is_taken_back_than_was_added(tenant: Tenant) -> None:
    top_up(tenant, 5, *WHY)
    with pytest.raises(ValidationError, match="More is taken back"):
        top_up(tenant, -6, *WHY)
    assert [entry.units for entry in TopUp.objects.all()] == [5]


def test_who_and_why_are_kept(tenant: Tenant) -> None:
    top_up(tenant, 5, *WHY)
    entry = TopUp.objects.get()
    assert (entry.reason, entry.made_by) == WHY


def test_without_a_reason_there_is_none(tenant: Tenant) -> None:
    with pytest.raises(ValidationError, match="reason"):
        top_up(tenant, 5, "", "layla")
    assert quota.usage_of(tenant).limit == 10


def posted(tenant: Tenant, **fields: Any) -> Any:
    browser = Client()
    browser.force_login(User.objects.create_superuser("layla"))
    return browser.post(reverse("admin:tenants_tenant_top_up", args=[tenant.pk]), fields, follow=True)


def test_staff_top_up_in_admin(tenant: Tenant) -> None:
    page = posted(tenant, units="90", reason="campaign").content.decode()
    assert "Alpha may use 100 units this month." in page


def test_a_top_up_stands_in_the_tenants_history(staff: Client, tenant: Tenant) -> None:
    posted(tenant, units="90", reason="spring campaign")
    assert any(who == "layla" and "spring campaign" in changes for who, changes in history(staff, tenant))


@pytest.mark.parametrize("fields", [{"units": "x", "reason": "y"}, {"units": "1", "reason": ""}, {"units": "-1"}])
def test_what_cannot_be_is_asked_for_again(tenant: Tenant, fields: dict[str, str]) -> None:
    assert posted(tenant, **fields).status_code == 200
    assert not TopUp.objects.exists()
