"""Which requests are the same: the name, the key and every byte of what was asked."""

import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.skuapi.conftest import OtherEdge
from tests.skuapi.edge import PREDICT, Edge, encoded
from tests.skuapi.named import ask, new, rows
from tests.tiny_release import photo


@pytest.fixture(scope="module")
def own(other_edge: OtherEdge) -> Iterator[Edge]:
    with other_edge() as edge:
        yield edge


def upload(edge: Edge, name: str, **changes: str) -> requests.Response:
    """requests draws a boundary of its own each time."""
    fields = {"category": "TINY", "brand": "ONE", "det_conf": "0.99", **changes}
    files = {"image": ("shelf.jpg", encoded(photo()), "image/jpeg")}
    return edge.ask("POST", PREDICT, "alpha", {"Idempotency-Key": name}, data=fields, files=files)


def half_sent(edge: Edge, name: str, body: bytes) -> None:
    """Half of a body, then the client is gone."""
    head = http.client.HTTPConnection(edge.url.removeprefix("http://"), timeout=30)
    head.putrequest("POST", PREDICT)
    for header, value in {
        "X-API-Key": edge.keys["alpha"],
        "Idempotency-Key": name,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
    }.items():
        head.putheader(header, value)
    head.endheaders(body[: len(body) // 2])
    assert isinstance(head.sock, socket.socket)
    head.sock.shutdown(socket.SHUT_WR)
    head.sock.recv(65536)  # until it has been looked at
    head.close()


@pytest.mark.parametrize("change", [{"det_conf": 0.98}, {"brand": "NOBODY"}, {"image": "%%%"}])
def test_another_body_of_the_same_name_is_a_422(own: Edge, change: dict[str, Any]) -> None:
    name = new()
    ask(own, name, det_conf=0.99)
    response = ask(own, name, **{"det_conf": 0.99, **change})
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_mismatch")


def test_another_format_of_the_same_name_is_a_422(own: Edge) -> None:
    name = new()
    ask(own, name, det_conf=0.99)
    assert ask(own, name, headers={"X-API-Version": "1.0"}, det_conf=0.99).status_code == 422


@pytest.mark.parametrize("name", ["", "a b", "a" * 256, "schlüssel".encode().decode("latin-1"), "a\tb"])
def test_a_name_that_is_none_is_a_400_and_costs_nothing(own: Edge, name: str) -> None:
    before = own.used("alpha")
    response = ask(own, name, det_conf=0.99)
    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_invalid")
    assert own.used("alpha") == before


@pytest.mark.parametrize("name", ["1", "~" * 255, '"8e03978e-40d5-43dd-bc93-6894a57f9324"', "!#$%&'*+-.^_`|~,;="])
def test_any_visible_ascii_is_a_name(own: Edge, name: str) -> None:
    assert ask(own, name, det_conf=0.99).status_code == 200
    assert ask(own, name, det_conf=0.99).headers["Idempotent-Replayed"] == "true"


def test_another_upload_of_the_same_name_is_a_422(own: Edge) -> None:
    name = new()
    upload(own, name)
    assert upload(own, name, det_conf="0.98").status_code == 422


def test_an_upload_that_is_sent_again_gets_its_answer(own: Edge) -> None:
    name = new()
    first, second = upload(own, name), upload(own, name)
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.headers["Idempotent-Replayed"] == "true"


def test_another_key_has_names_of_its_own(own: Edge) -> None:
    name = new()
    ask(own, name, det_conf=0.99)
    before = own.used("beta")
    assert "Idempotent-Replayed" not in ask(own, name, "beta", det_conf=0.99).headers
    assert own.used("beta") == before + 1


def test_a_refused_key_finds_nothing(own: Edge) -> None:
    name = new()
    assert ask(own, name, "suspended", det_conf=0.99).status_code == 403
    assert rows(own, "SELECT 1 FROM tenants_storedanswer WHERE name = ?", name) == []


def test_half_a_body_is_not_another_request_of_that_name(own: Edge) -> None:
    name, fields = new(), own.fields(det_conf=0.99)
    body = json.dumps(fields).encode()
    half_sent(own, name, body)
    headers = {"Idempotency-Key": name, "Content-Type": "application/json"}
    assert own.ask("POST", PREDICT, "alpha", headers, data=body).status_code == 200
