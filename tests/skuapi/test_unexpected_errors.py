"""An error nobody has listed: a logged 500 without details. A table that is gone provokes a real one."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from skuapi.errors import error_response
from tests.skuapi.edge import PREDICT, Edge
from tests.skuapi.roboflow.client import Client

BODY = {"success": False, "code": "internal_error"}


@contextmanager
def without_table(edge: Edge, table: str) -> Iterator[None]:
    database = sqlite3.connect(edge.site.folder / "db.sqlite3", isolation_level=None)
    database.execute(f"ALTER TABLE {table} RENAME TO gone")
    try:
        yield
    finally:
        database.execute(f"ALTER TABLE gone RENAME TO {table}")
        database.close()


@pytest.fixture(params=["modelstore_release", "tenants_apikey", "tenants_reservation"])
def broken(edge: Edge, request: pytest.FixtureRequest) -> Iterator[Edge]:
    with without_table(edge, request.param):
        yield edge


def test_it_is_a_500_in_json_that_says_what_to_do(broken: Edge) -> None:
    response = broken.predict()
    body = response.json()
    assert (response.status_code, {**body, "error": None}) == (500, {**BODY, "error": None})
    assert "X-Request-ID" in body["error"]


@pytest.mark.parametrize("word", ["table", "sqlite", "Traceback", "OperationalError", "modelstore", "django"])
def test_it_shows_nothing_of_what_happened(broken: Edge, word: str) -> None:
    assert word.lower() not in broken.predict().text.lower()


def test_it_is_logged_with_its_cause_and_the_id_of_the_request(broken: Edge) -> None:
    broken.predict(headers={"X-Request-ID": "find-me"})
    lines = [line for line in broken.log.splitlines() if " find-me " in line]
    assert any(" ERROR find-me " in line for line in lines)
    assert "no such table" in broken.log[broken.log.index(" find-me ") :]


def test_it_keeps_the_id_of_its_request(broken: Edge) -> None:
    assert broken.predict(headers={"X-Request-ID": "mine"}).headers["X-Request-ID"] == "mine"


def test_roboflows_clients_read_it_as_a_message(broken: Edge) -> None:
    response = Client(broken).hosted("tiny-one/1")
    assert (response.status_code, list(response.json())) == (500, ["message"])
    assert "X-Request-ID" in response.json()["message"]


def test_a_browser_gets_no_details_either(broken: Edge) -> None:
    response = broken.ask("POST", PREDICT, "alpha", {"Accept": "text/html"}, json=broken.fields())
    assert response.status_code == 500
    assert "no such table" not in response.text


def test_it_costs_nothing_and_the_service_goes_on_when_the_cause_is_gone(edge: Edge) -> None:
    before = edge.used("alpha")
    with without_table(edge, "modelstore_release"):
        assert edge.predict().status_code == 500
    assert edge.used("alpha") == before
    assert edge.predict(det_conf=0.99).status_code == 200


def test_a_request_for_which_there_is_no_memory_may_be_sent_again() -> None:
    answer = error_response(MemoryError())
    assert (answer.status_code, json.loads(answer.content)["code"]) == (503, "out_of_memory")
    assert int(answer["Retry-After"]) > 0
