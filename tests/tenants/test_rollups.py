"""Requests added up by hour and by day, on both databases and by several processes."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from tenants import rollups
from tenants.models import ApiKey, RequestRecord, Tenant, UsageDay, UsageHour
from tests.live_server import ROOT, Site

AT = datetime(2026, 11, 22, 13, 59, 59, tzinfo=UTC)
TOGETHER = """
from datetime import UTC, datetime
from skuapi.observability.recorder import write
from tenants.models import ApiKey, RequestRecord, UsageDay, UsageHour
keys = list(ApiKey.objects.filter(tenant__name__startswith="Together").select_related("tenant"))
for number in range(60):
    order = keys if number % 2 else keys[::-1]
    write([
        RequestRecord(tenant=key.tenant, key=key, at=datetime(2026, 11, 22, 13, tzinfo=UTC), request_id="x",
                      endpoint="predict", status=200, facings=3, milliseconds=10)
        for key in order
    ])
"""
MADE = """
from tenants.keys import issue
from tenants.models import Tenant
for number in range(4):
    issue(Tenant.objects.create(name=f"Together {number}"))
"""
TOLD = """
from tenants.models import UsageDay, UsageHour
columns = ("requests", "facings", "within_16_ms")
rows = (model.objects.filter(tenant__name__startswith="Together") for model in (UsageHour, UsageDay))
print([list(found.order_by("tenant").values_list(*columns)) for found in rows])
"""


def record(key: ApiKey, at: datetime = AT, status: int = 200, **fields: Any) -> RequestRecord:
    return RequestRecord(
        tenant=key.tenant, key=key, at=at, endpoint="predict", status=status, **{"milliseconds": 100.4, **fields}
    )


@pytest.mark.parametrize(("model", "at"), [(UsageHour, AT.replace(minute=0, second=0)), (UsageDay, AT.date())])
def test_requests_of_every_kind_are_counted(key: ApiKey, model: Any, at: Any) -> None:
    rollups.add([record(key, status=status) for status in (200, 201, 302, 404, 429, 500)])
    row = model.objects.get(tenant=key.tenant)
    assert (row.at, row.requests, row.answered, row.refused, row.failed) == (at, 6, 2, 2, 1)


def test_what_comes_later_in_the_hour_is_added(key: ApiKey) -> None:
    for _ in range(3):
        rollups.add([record(key, facings=7)])
    row = UsageHour.objects.get()
    assert (row.requests, row.facings, row.milliseconds, row.within_128_ms) == (3, 21, 300, 3)


def test_the_next_hour_is_another_row_of_the_same_day(key: ApiKey) -> None:
    rollups.add([record(key), record(key, AT + timedelta(seconds=1))])
    assert [row.requests for row in UsageHour.objects.all()] == [1, 1]
    assert [row.requests for row in UsageDay.objects.all()] == [2]


@pytest.mark.parametrize("fields", [{"facings": None}, {"facings": 5, "status": 504}])
def test_only_answers_that_read_a_photo_tell_how_long_reading_takes(key: ApiKey, fields: dict[str, Any]) -> None:
    rollups.add([record(key, **fields)])
    row = UsageHour.objects.get()
    assert (row.requests, row.milliseconds, row.within_128_ms) == (1, 0, 0)


def test_tenants_are_counted_apart(key: ApiKey) -> None:
    from tenants.keys import issue

    other, _ = issue(Tenant.objects.create(name="Beta"))
    rollups.add([record(key), record(other), record(other)])
    assert {row.tenant: row.requests for row in UsageHour.objects.all()} == {key.tenant: 1, other.tenant: 2}


def test_history_is_kept_for_as_long_as_was_set(key: ApiKey, settings: Settings) -> None:
    settings.USAGE_HISTORY_DAYS = 400
    now = timezone.now()
    rollups.add([record(key, now - timedelta(days=days)) for days in (0, 399, 402, 800)])
    assert rollups.prune() == 4
    assert (UsageHour.objects.count(), UsageDay.objects.count()) == (2, 2)


def test_processes_that_add_to_the_same_hour_lose_nothing_and_do_not_block_each_other(installation: Site) -> None:
    installation.manage("shell", "--no-imports", "-c", MADE)
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", TOGETHER]
    started = [
        subprocess.Popen(command, cwd=ROOT, env=installation.environment, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [process.communicate(timeout=120)[1] for process in started] == [""] * 3
    told = installation.manage("shell", "--no-imports", "-c", TOLD).splitlines()[-1]
    assert told == str([[(180, 540, 180)] * 4] * 2)
