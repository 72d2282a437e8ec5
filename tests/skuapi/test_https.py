"""With REQUIRE_HTTPS the API refuses plain HTTP and pages redirect; connections stay open either way."""

import http.client
import json
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from tests.skuapi.conftest import OtherEdge
from tests.skuapi.edge import Edge

RATE_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Used", "X-RateLimit-Reset")


@pytest.fixture(scope="module")
def strict(other_edge: OtherEdge) -> Iterator[Edge]:
    with other_edge(REQUIRE_HTTPS="true", BEHIND_TLS_PROXY="true") as edge:
        yield edge


@pytest.fixture(scope="module")
def public(other_edge: OtherEdge) -> Iterator[Edge]:
    with other_edge(ALLOWED_HOSTS="127.0.0.1,shelf.example") as edge:
        yield edge


@pytest.mark.parametrize("path", ["/api/v1/predict", "/api/v1/status", "/api/v1/nowhere"])
@pytest.mark.parametrize("key", ["alpha", None])
def test_the_api_answers_plain_http_with_403(strict: Edge, path: str, key: str | None) -> None:
    response = strict.ask("POST", path, key, json=strict.fields())
    assert (response.status_code, response.json()["code"]) == (403, "https_required")
    assert "https://" in response.json()["error"]


def test_the_refusal_shows_the_usage_of_a_proven_key_and_costs_nothing(strict: Edge) -> None:
    first, second = (strict.ask("POST", "/api/v1/predict", "alpha", json=strict.fields()).headers for _ in range(2))
    assert {name: first[name] for name in RATE_HEADERS} == {name: second[name] for name in RATE_HEADERS}


@pytest.mark.parametrize("wrong", [{}, {"X-API-Key": "sku_live_nobody"}])
def test_the_refusal_shows_no_usage_without_a_proven_key(strict: Edge, wrong: dict[str, str]) -> None:
    response = requests.get(f"{strict.url}/api/v1/status", headers=wrong, timeout=30)
    assert (response.status_code, [name for name in response.headers if "RateLimit" in name]) == (403, [])


@pytest.mark.parametrize("path", ["/roboflow/tiny-one/1", "/roboflow/model/registry", "/roboflow/infer/classification"])
def test_roboflows_clients_are_refused_in_their_shape_and_never_redirected(strict: Edge, path: str) -> None:
    response = requests.post(f"{strict.url}{path}", data=b"x", allow_redirects=False, timeout=30)
    assert (response.status_code, list(response.json())) == (403, ["message"])


def test_the_refusal_shows_roboflows_clients_the_usage_of_a_proven_key(strict: Edge) -> None:
    key = strict.keys["alpha"]
    for sent in ({"params": {"api_key": key}}, {"headers": {"Authorization": f"Bearer {key}"}}):
        response = requests.post(f"{strict.url}/roboflow/tiny-one/1", timeout=30, **sent)  # type: ignore[arg-type]
        assert set(RATE_HEADERS) <= set(response.headers)


def test_the_api_does_not_redirect_for_the_key_has_leaked_already(strict: Edge) -> None:
    response = requests.post(f"{strict.url}/api/v1/predict", json={}, allow_redirects=False, timeout=30)
    assert "Location" not in response.headers


@pytest.mark.parametrize("path", ["/", "/admin/", "/docs?a=b", "/api/login"])
def test_pages_redirect_to_https(strict: Edge, path: str) -> None:
    response = requests.get(strict.url + path, allow_redirects=False, timeout=30)
    assert response.status_code == 301
    assert response.headers["Location"] == strict.url.replace("http://", "https://") + path


def test_a_refusal_has_a_request_id(strict: Edge) -> None:
    response = requests.get(f"{strict.url}/api/v1/status", headers={"X-Request-ID": "mine"}, timeout=30)
    assert response.headers["X-Request-ID"] == "mine"


def test_what_came_by_https_to_a_trusted_proxy_is_served(strict: Edge) -> None:
    assert strict.get("/api/v1/models", headers={"X-Forwarded-Proto": "https"}).status_code == 200


def test_a_service_on_loopback_needs_no_https_unless_told(edge: Edge) -> None:
    assert edge.get("/api/v1/models").status_code == 200


def test_a_public_host_name_requires_https_by_default(public: Edge) -> None:
    assert public.get("/api/v1/models").json()["code"] == "https_required"


def test_nobody_can_claim_https_where_no_proxy_is_trusted(public: Edge) -> None:
    response = public.get("/api/v1/models", headers={"X-Forwarded-Proto": "https"})
    assert response.json()["code"] == "https_required"


def test_a_connection_serves_many_requests_with_pauses_between_them(edge: Edge) -> None:
    connection = http.client.HTTPConnection(urlsplit(edge.url).netloc, timeout=30)
    headers = {"X-API-Key": edge.keys["alpha"], "Content-Type": "application/json"}
    ports = set()
    for body, pause in ((json.dumps(edge.fields(det_conf=0.99)), 0.0), ("{", 3.0), ("x" * 8_000_000, 0.0), ("{}", 0.0)):
        time.sleep(pause)  # gunicorn's own default would close after two seconds
        connection.request("POST", "/api/v1/predict", body, headers)
        connection.getresponse().read()
        assert connection.sock is not None
        ports.add(connection.sock.getsockname()[1])
    assert len(ports) == 1
    connection.close()


def test_keep_alive_is_75_seconds() -> None:
    from skuapi import gunicorn_conf

    assert gunicorn_conf.keepalive == 75
