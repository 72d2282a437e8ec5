"""What is kept of requests: enough to help whoever asks, and nothing that must not be kept."""

import sqlite3
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from skuapi.observability import recorder
from skuapi.observability.recorder import Recorder, prune
from tenants import keys
from tenants.models import ApiKey, RequestRecord, Tenant
from tests.skuapi.conftest import OtherEdge
from tests.skuapi.edge import Edge

COLUMNS = "request_id, endpoint, status, code, category, brand, release, facings, milliseconds"


@pytest.fixture(scope="module")
def recorded(other_edge: OtherEdge) -> Iterator[Edge]:
    with other_edge() as edge:
        edge.predict(headers={"X-Request-ID": "good"}, det_conf=0.0)
        edge.predict(brand="NOBODY", headers={"X-Request-ID": "nobody"})
        edge.predict(brand="\0" + "odd" + " " * 500, headers={"X-Request-ID": "odd"})
        edge.ask("POST", "/api/v1/predict", None, {"X-Request-ID": "stranger"})
        edge.get("/api/v1/status", headers={"X-Request-ID": "status"})
        yield edge


def row(edge: Edge, request_id: str) -> dict[str, Any]:
    """Written a moment after the answer."""
    end = time.monotonic() + 20
    while not (found := rows(edge, request_id)):
        assert time.monotonic() < end, edge.log[-2000:]
        time.sleep(0.1)
    return found[0]


def rows(edge: Edge, request_id: str) -> list[dict[str, Any]]:
    with sqlite3.connect(edge.site.folder / "db.sqlite3") as database:
        database.row_factory = sqlite3.Row
        found = database.execute("SELECT * FROM tenants_requestrecord WHERE request_id = ?", [request_id])
        return [dict(each) for each in found]


def test_a_prediction_is_found_by_its_request_id_with_all_that_support_needs(recorded: Edge) -> None:
    found = row(recorded, "good")
    assert {name: found[name] for name in ("endpoint", "status", "code", "category", "brand", "release")} == {
        "endpoint": "predict", "status": 200, "code": "", "category": "TINY", "brand": "ONE", "release": "TINY/ONE@1",
    }  # fmt: skip
    assert found["facings"] >= 0
    assert found["milliseconds"] > 0


def test_a_refusal_has_its_code_and_what_was_asked_for(recorded: Edge) -> None:
    found = row(recorded, "nobody")
    assert (found["status"], found["code"], found["brand"]) == (404, "model_not_found", "NOBODY")


def test_what_a_database_does_not_take_stops_nothing(recorded: Edge) -> None:
    assert row(recorded, "odd")["brand"] == "odd"


def test_other_endpoints_are_written_down_too(recorded: Edge) -> None:
    assert row(recorded, "status")["endpoint"] == "status"


def test_whoever_is_not_known_is_not_written_down(recorded: Edge) -> None:
    row(recorded, "status")
    assert rows(recorded, "stranger") == []


def test_neither_photo_nor_key_stands_in_a_row(recorded: Edge) -> None:
    text = str(row(recorded, "good"))
    assert recorded.photo[:40] not in text
    assert recorded.keys["alpha"][-38:] not in text


def test_what_waits_when_a_service_stops_is_written_first(other_edge: OtherEdge) -> None:
    with other_edge() as edge:
        edge.get("/api/v1/status", headers={"X-Request-ID": "last"})
    assert rows(edge, "last")


def test_the_last_use_of_a_key_is_written_even_where_no_request_is_kept(other_edge: OtherEdge) -> None:
    with other_edge(REQUEST_LOG_DAYS="0", USAGE_HISTORY_DAYS="0") as edge:
        edge.get("/api/v1/status")
    with sqlite3.connect(edge.site.folder / "db.sqlite3") as database:
        used = "SELECT last_used_from FROM tenants_apikey WHERE key_id = ? AND last_used_at IS NOT NULL"
        assert database.execute(used, [edge.keys["alpha"][9:21]]).fetchall() == [("127.0.0.1",)]


def test_nothing_is_kept_where_nothing_shall_be(other_edge: OtherEdge) -> None:
    with other_edge(REQUEST_LOG_DAYS="0") as edge:
        edge.get("/api/v1/status", headers={"X-Request-ID": "none"})
    assert rows(edge, "none") == []


def test_sums_are_kept_where_no_request_is(other_edge: OtherEdge) -> None:
    with other_edge(REQUEST_LOG_DAYS="0") as edge:
        edge.predict(det_conf=0.0)
        edge.predict(brand="NOBODY")
    with sqlite3.connect(edge.site.folder / "db.sqlite3") as database:
        sums = "SELECT SUM(requests), SUM(answered), SUM(refused) FROM tenants_usage"
        assert [database.execute(sums + each).fetchone() for each in ("hour", "day")] == [(2, 1, 1)] * 2


def test_nothing_at_all_is_kept_where_neither_shall_be(other_edge: OtherEdge) -> None:
    with other_edge(REQUEST_LOG_DAYS="0", USAGE_HISTORY_DAYS="0") as edge:
        edge.predict(det_conf=0.0)
    with sqlite3.connect(edge.site.folder / "db.sqlite3") as database:
        assert database.execute("SELECT COUNT(*) FROM tenants_usagehour").fetchone() == (0,)


@pytest.fixture
def key(db: None) -> ApiKey:
    return keys.issue(Tenant.objects.create(name="Alpha"))[0]


def record(key: ApiKey, days: float = 0) -> RequestRecord:
    at = timezone.now() - timedelta(days=days)
    return RequestRecord(
        tenant=key.tenant, key=key, at=at, request_id=f"{days}", endpoint="status", status=200, milliseconds=1.0
    )


def test_what_is_older_than_it_is_kept_for_is_deleted(key: ApiKey, settings: Settings) -> None:
    settings.REQUEST_LOG_DAYS = 7
    RequestRecord.objects.bulk_create([record(key, days) for days in (0, 6.9, 7.1, 30)])
    assert prune() == 2
    assert {each.request_id for each in RequestRecord.objects.all()} == {"0", "6.9"}


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_for_a_moment_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    key, _ = keys.issue(Tenant.objects.create(name="Alpha"))
    real, failures = RequestRecord.objects.bulk_create, iter([True, False])

    def bulk_create(records: Any) -> Any:
        if next(failures, False):
            raise OperationalError("the connection is lost")
        return real(records)

    monkeypatch.setattr(RequestRecord.objects, "bulk_create", bulk_create)
    monkeypatch.setattr(recorder, "EVERY_SECONDS", 0.01)
    made = Recorder()
    made.start()
    made.note(record(key))
    end = time.monotonic() + 20
    while not RequestRecord.objects.exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    made.stop()
    assert RequestRecord.objects.count() == 1


def test_what_was_written_is_not_written_again_when_something_fails_afterwards(
    key: ApiKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> int:
        raise OperationalError("the connection is lost")

    made, kept = Recorder(), [record(key)]
    monkeypatch.setattr(recorder, "prune", broken)
    with pytest.raises(OperationalError):
        made._write(kept)
    made._write(kept)
    assert RequestRecord.objects.count() == 1


def test_sessions_that_have_expired_are_deleted_and_others_kept(db: None) -> None:
    for name, hours in (("over", -1), ("open", 1)):
        expires = timezone.now() + timedelta(hours=hours)
        Session.objects.create(session_key=name, session_data="", expire_date=expires)
    Recorder()._write([])
    assert [session.session_key for session in Session.objects.all()] == ["open"]
