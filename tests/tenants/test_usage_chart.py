"""A tenant's usage against its quota, on its page in admin."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tenants import rollups
from tenants.models import ApiKey, RequestRecord, Tenant, UsageMonth
from tenants.usage_chart import usage_of_tenant

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


def read(key: ApiKey, at: datetime, count: int = 1, **fields: Any) -> None:
    asked: dict[str, Any] = {"status": 200, "facings": 9, "milliseconds": 5.0, **fields}
    rollups.add([RequestRecord(tenant=key.tenant, key=key, at=at, endpoint="predict", **asked)] * count)


def used(tenant: Tenant, month: date, units: int) -> None:
    UsageMonth.objects.create(tenant=tenant, month=month, used=units)


def values(chart: Any) -> list[int]:
    return [bar.segments[0].value for bar in chart.bars]


def test_the_month_adds_up_day_by_day_to_what_the_ledger_says(key: ApiKey) -> None:
    used(key.tenant, date(2026, 11, 1), 7)
    read(key, datetime(2026, 11, 2, 8, tzinfo=UTC), 4)
    read(key, datetime(2026, 11, 20, 8, tzinfo=UTC), 2)
    shown = values(usage_of_tenant(key.tenant, NOW).month)
    assert (len(shown), shown[0], shown[1], shown[18], shown[19]) == (20, 0, 4, 4, 7)


def test_what_is_not_billed_is_not_in_the_month(key: ApiKey) -> None:
    used(key.tenant, date(2026, 11, 1), 1)
    read(key, datetime(2026, 11, 2, 8, tzinfo=UTC), 4, status=404, facings=None)
    assert values(usage_of_tenant(key.tenant, NOW).month)[1] == 0


def test_the_limit_is_drawn_where_it_is_near(key: ApiKey) -> None:
    used(key.tenant, date(2026, 11, 1), 8)
    line = usage_of_tenant(key.tenant, NOW).month.line
    assert line
    assert line.value == 10


def test_the_year_is_what_the_ledger_says(key: ApiKey) -> None:
    used(key.tenant, date(2026, 11, 1), 3)
    used(key.tenant, date(2025, 12, 1), 5)
    used(key.tenant, date(2025, 11, 1), 99)
    assert values(usage_of_tenant(key.tenant, NOW).year) == [5, *[0] * 10, 3]


def test_the_hours_of_a_day_count_what_was_refused_too(key: ApiKey) -> None:
    read(key, NOW, 2)
    read(key, NOW, 3, status=429, facings=None)
    last = usage_of_tenant(key.tenant, NOW).day.bars[-1]
    assert [segment.value for segment in last.segments] == [2, 3, 0]


def test_another_tenant_is_no_part_of_it(key: ApiKey) -> None:
    read(key, NOW, 2)
    used(key.tenant, date(2026, 11, 1), 3)
    shown = usage_of_tenant(Tenant.objects.create(name="Beta"), NOW)
    assert (shown.month.is_empty, shown.year.is_empty, shown.day.is_empty) == (True, True, True)


@pytest.mark.parametrize("units", [0, 6, 10, 12])
def test_the_page_of_a_tenant_tells_what_is_used_and_left(client: Client, key: ApiKey, units: int) -> None:
    client.force_login(User.objects.create_superuser("staff"))
    used(key.tenant, datetime.now(UTC).date().replace(day=1), units)
    page = client.get(reverse("admin:tenants_tenant_change", args=[key.tenant_id])).content.decode()
    assert f"{units} of 10 units used" in page
    assert f"{max(0, 10 - units)} left for" in page


def test_a_new_tenant_has_no_chart_yet(client: Client, db: None) -> None:
    client.force_login(User.objects.create_superuser("staff"))
    assert "sku-usage" not in client.get(reverse("admin:tenants_tenant_add")).content.decode()
