"""What the log holds, at its most talkative: ids of requests, and neither keys nor images."""

import pytest

from tests.skuapi.edge import PREDICT, Edge


@pytest.fixture(scope="module")
def log(edge: Edge) -> str:
    """After requests of every kind: served, refused, broken, and keys in every place a client may put one."""
    key = edge.keys["alpha"]
    edge.predict(headers={"X-Request-ID": "served-1"})
    edge.predict(brand="BROKEN", headers={"X-Request-ID": "broken-1"})
    edge.predict(brand="OVERFLOW", headers={"X-Request-ID": "overflow-1"})
    edge.predict("suspended")
    edge.predict(image="%%%" + edge.photo)
    edge.predict(image="http://127.0.0.1:1/a.jpg?signature=top-secret-1")
    edge.post(b"{" + edge.photo.encode())
    edge.ask("POST", PREDICT, None, {"X-API-Key": key[:-1] + "?"}, json=edge.fields())
    edge.ask("POST", f"{PREDICT}?api_key={key}", None, {"Authorization": f"Bearer {key}"}, json=edge.fields())
    edge.ask("GET", f"/nowhere?key={key}", "alpha")
    edge.get("/api/v1/models", headers={"Host": "evil.example"})
    return edge.log


def test_no_secret_of_any_key_is_in_the_log(edge: Edge, log: str) -> None:
    secrets = {name: key.rsplit("_", 1)[1][:20] for name, key in edge.keys.items()}
    assert [name for name, secret in secrets.items() if secret in log] == []


def test_no_image_is_in_the_log(edge: Edge, log: str) -> None:
    assert edge.photo[:60] not in log
    assert edge.photo[-60:] not in log


def test_no_address_of_an_image_is_in_the_log(log: str) -> None:
    assert "top-secret-1" not in log


@pytest.mark.parametrize(
    ("request_id", "logger"),
    [("broken-1", "skuapi.backends.local"), ("broken-1", "django.request"), ("overflow-1", "django.request")],
)
def test_every_line_of_a_request_has_its_id(log: str, request_id: str, logger: str) -> None:
    assert any(f" {request_id} {logger}: " in line for line in log.splitlines())
