"""Admin's first page: the numbers are right, and nobody sees more than they may."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from skuapi import dashboard
from tenants import keys, quota, rollups
from tenants.models import ApiKey, RequestRecord, Tenant
from tests.skuapi.admin.conftest import Someone


def asked(key: ApiKey, count: int = 1, days: float = 0, status: int = 200, **fields: Any) -> None:
    at = timezone.now() - timedelta(days=days)
    record = RequestRecord(tenant=key.tenant, key=key, at=at, endpoint="predict", status=status, **fields)
    record.milliseconds = fields.get("milliseconds", 300.0)
    record.facings = fields.get("facings", 50 if status == 200 else None)
    rollups.add([record] * count)


def shown(client: Client, span: str = "24h") -> str:
    answer = client.get(f"/admin/?span={span}")
    assert answer.status_code == 200
    return answer.content.decode()


def board(client: Client, span: str = "24h") -> dashboard.Dashboard:
    context: Any = client.get(f"/admin/?span={span}").context
    found: dashboard.Dashboard = context["board"]
    return found


@pytest.mark.parametrize(("span", "requests"), [("24h", 3), ("30d", 5), ("12m", 12), ("nonsense", 3)])
def test_each_span_adds_up_what_lies_in_it(staff: Client, key: ApiKey, span: str, requests: int) -> None:
    asked(key, 3)
    asked(key, 2, days=20)
    asked(key, 7, days=100)
    asked(key, 1, days=380)
    total = board(staff, span).total
    assert total
    assert total.requests == requests


@pytest.mark.parametrize(("span", "bars"), [("24h", 24), ("30d", 30), ("12m", 12)])
def test_each_span_has_its_bars_and_the_last_is_now(staff: Client, key: ApiKey, span: str, bars: int) -> None:
    asked(key, 3)
    drawn = board(staff, span).charts[0].bars
    assert len(drawn) == bars
    assert drawn[-1].segments[0].value == 3


def test_failures_are_the_error_rate_and_refusals_are_not(staff: Client, key: ApiKey) -> None:
    asked(key, 97)
    asked(key, 2, status=429)
    asked(key, 1, status=500)
    page = shown(staff)
    assert "1.0 %" in page
    assert "2 refused" in page


def test_percentiles_are_told_with_their_unit(staff: Client, key: ApiKey) -> None:
    asked(key, 10, milliseconds=300.0)
    total = board(staff).total
    assert total
    assert 256 < (total.p50 or 0) <= 512
    assert f"{total.p50:.0f} ms" in shown(staff)


def test_tenants_are_listed_by_the_share_of_their_quota(staff: Client) -> None:
    for name, limit, used in (("Roomy", 100, 3), ("Tight", 4, 3), ("Idle", 1, 0), ("Full", 2, 2)):
        made, _ = keys.issue(Tenant.objects.create(name=name, monthly_quota=limit))
        for _ in range(used):
            quota.reserve(made).settle()
    assert [(each.name, each.percent) for each in board(staff).pressure] == [("Full", 100), ("Tight", 75), ("Roomy", 3)]


def test_top_ups_are_part_of_the_limit(staff: Client, key: ApiKey) -> None:
    quota.top_up(key.tenant, 90, "sale", "staff")
    quota.reserve(key).settle()
    assert [each.limit for each in board(staff).pressure] == [100]


def test_the_busiest_tenant_comes_first(staff: Client, key: ApiKey) -> None:
    other, _ = keys.issue(Tenant.objects.create(name="Beta"))
    asked(key, 1)
    asked(other, 5)
    assert [(each.name, each.requests) for each in board(staff).busiest] == [("Beta", 5), ("Alpha", 1)]


def test_whoever_may_not_see_tenants_sees_no_name_of_one(someone: Someone, key: ApiKey) -> None:
    asked(key, 3)
    quota.reserve(key).settle()
    page = shown(someone("view_requestrecord"))
    assert "Requests" in page
    assert "Alpha" not in page


def test_whoever_may_see_no_usage_sees_how_the_engine_is_and_no_number(someone: Someone, key: ApiKey) -> None:
    asked(key, 12_345)
    page = shown(someone("view_release"))
    assert "sku-engine" in page
    assert "12,345" not in page
    assert "?span=" not in page


def test_a_viewer_sees_tenants(someone: Someone, key: ApiKey) -> None:
    asked(key, 3)
    assert "Alpha" in shown(someone("view_tenant"))


def test_before_the_first_request_the_page_says_what_to_do(staff: Client) -> None:
    page = shown(staff, "12m")
    assert "No requests yet" in page
    assert "/admin/tenants/tenant/add/" in page


def test_a_quiet_day_is_no_reason_to_start_anew(staff: Client, key: ApiKey) -> None:
    asked(key, 3, days=5)
    page = shown(staff)
    assert "No requests in this time" in page
    assert "Add a tenant" not in page


def test_a_hostile_name_is_text(staff: Client) -> None:
    made, _ = keys.issue(Tenant.objects.create(name="<script>alert(1)</script>"))
    asked(made)
    assert "<script>alert" not in shown(staff)


@pytest.mark.parametrize("tenants", [1, 6])
def test_the_page_costs_the_same_number_of_queries_however_many_tenants_there_are(
    staff: Client, django_assert_max_num_queries: Any, tenants: int
) -> None:
    for number in range(tenants):
        made, _ = keys.issue(Tenant.objects.create(name=f"T{number}"))
        asked(made)
        quota.reserve(made).settle()
    with django_assert_max_num_queries(12):
        shown(staff, "12m")
