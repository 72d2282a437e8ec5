"""Queries written once, on PostgreSQL: planned once for each connection, and the same rows."""

import json
from typing import Any

import pytest

from tests.live_server import Site

ASK = """
import json
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tenants import keys, quota
from tenants.models import ApiKey, Tenant

def planned():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%tenants_apikey%%'")
        return cursor.fetchone()[0]

tenant = Tenant.objects.create(name="Planned")
issued = [keys.issue(tenant, scopes=["predict"], monthly_cap=5) for _ in range(3)]
quota.reserve(issued[0][0]).settle()
with CaptureQueriesContext(connection) as captured:
    found = [keys.prove(text) for _, text in issued]
told = {
    "planned": planned(),
    "counted": len(captured),
    "same": [key == each for key, (each, _) in zip(found, issued)],
    "used": [key.usage_seen.used for key in found],
    "own": found[0].own_used_seen,
    "created_at": found[0].created_at == ApiKey.objects.get(pk=found[0].pk).created_at,
}
connection.close()
told["after reconnecting"] = keys.prove(issued[1][1]).pk == issued[1][0].pk
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(on_postgresql: Site) -> Any:
    return json.loads(on_postgresql.manage("shell", "--no-imports", "-c", ASK).splitlines()[-1])


def test_the_statement_that_finds_a_key_is_planned_once(told: Any) -> None:
    assert told["planned"] == 1


def test_each_run_is_counted_as_a_query(told: Any) -> None:
    assert told["counted"] == 3


def test_values_come_back_as_from_the_orm(told: Any) -> None:
    assert (told["same"], told["used"], told["own"], told["created_at"]) == ([True] * 3, [1] * 3, 1, True)


def test_another_connection_of_the_pool_plans_it_anew(told: Any) -> None:
    assert told["after reconnecting"]
