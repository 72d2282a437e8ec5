"""Which pages in a browser may ask: a preflight passes for any tenant's origin, the answer for its own tenant's."""

import sqlite3
from collections.abc import Iterator

import pytest
import requests

from tests.skuapi.edge import PREDICT, Edge

ALLOWED = "Access-Control-Allow-Origin"
EXPOSED = {
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-used",
    "x-ratelimit-reset",
    "x-request-id",
    "x-api-version",
    "x-api-warnings",
    "x-model-release",
    "server-timing",
    "retry-after",
    "idempotent-replayed",
}
ANYBODY = "https://anybody.example"


def preflight(url: str, origin: str, headers: str = "content-type,x-api-key") -> requests.Response:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": headers}
    return requests.options(url + PREDICT, headers=asked, timeout=30)


@pytest.fixture
def nobody_lists_a_star(edge: Edge) -> Iterator[None]:
    origins = sqlite3.connect(edge.site.folder / "db.sqlite3", isolation_level=None)
    change = "UPDATE tenants_tenant SET allowed_origins = ? WHERE name = 'open'"
    origins.execute(change, [""])
    yield
    origins.execute(change, ["*"])
    origins.close()


def words(response: requests.Response, name: str) -> set[str]:
    return {word.strip().lower() for word in response.headers.get(name, "").split(",")}


@pytest.mark.parametrize("origin", ["https://shop.example", "https://till.example:8443", "https://beta.example"])
def test_a_preflight_passes_for_an_origin_that_some_tenant_lists(edge: Edge, origin: str) -> None:
    response = preflight(edge.url, origin)
    assert response.status_code == 200
    assert response.headers[ALLOWED] == origin


def test_a_preflight_allows_what_the_published_page_sends(edge: Edge) -> None:
    response = preflight(edge.url, "https://shop.example")
    assert {"content-type", "idempotency-key", "x-api-key", "x-api-version", "x-request-id"} <= words(
        response, "Access-Control-Allow-Headers"
    )
    assert {"get", "post"} <= words(response, "Access-Control-Allow-Methods")


def test_a_preflight_needs_no_key_and_has_a_request_id(edge: Edge) -> None:
    assert preflight(edge.url, "https://shop.example").headers["X-Request-ID"]


@pytest.mark.parametrize("origin", [ANYBODY, "null"])
def test_a_preflight_passes_for_any_origin_once_some_tenant_lists_a_star(edge: Edge, origin: str) -> None:
    assert preflight(edge.url, origin).headers[ALLOWED] == origin


@pytest.mark.parametrize("origin", [ANYBODY, "null", "http://shop.example", "https://shop.example:444", "shop.example"])
def test_a_preflight_of_an_origin_that_nobody_lists_opens_nothing(
    edge: Edge, nobody_lists_a_star: None, origin: str
) -> None:
    assert ALLOWED not in preflight(edge.url, origin).headers
    assert preflight(edge.url, "https://shop.example").headers[ALLOWED] == "https://shop.example"


@pytest.mark.parametrize(
    ("key", "origin", "allowed"),
    [
        ("alpha", "https://shop.example", True),
        ("alpha", "https://SHOP.example", True),
        ("alpha", "https://beta.example", False),
        ("alpha", ANYBODY, False),
        ("alpha", "http://shop.example", False),
        ("alpha", "https://shop.example:444", False),
        ("alpha", "https://shop.example.evil.example", False),
        ("alpha", "null", False),
        ("beta", "https://beta.example", True),
        ("beta", "https://shop.example", False),
        ("restricted", "https://shop.example", False),
        ("open", ANYBODY, True),
        ("open", "null", True),
    ],
)
def test_an_answer_is_opened_to_the_origins_of_its_own_tenant(edge: Edge, key: str, origin: str, allowed: bool) -> None:
    response = edge.predict(key, {"Origin": origin}, det_conf=0.99)
    assert response.status_code == 200
    assert response.headers.get(ALLOWED) == (origin if allowed else None)


@pytest.mark.parametrize(
    ("key", "changes", "status"),
    [("alpha", {"image": ...}, 400), ("suspended", {}, 403), ("alpha", {"brand": "NOBODY"}, 404)],
)
def test_a_page_can_read_errors_too(edge: Edge, key: str, changes: dict[str, object], status: int) -> None:
    response = edge.predict(key, {"Origin": "https://shop.example"}, **changes)
    assert (response.status_code, response.headers[ALLOWED]) == (status, "https://shop.example")


def test_a_page_can_read_that_its_key_is_wrong(edge: Edge) -> None:
    response = edge.ask("POST", PREDICT, None, {"Origin": "https://shop.example"})
    assert (response.status_code, response.headers[ALLOWED]) == (401, "https://shop.example")


def test_the_headers_of_an_answer_are_exposed(edge: Edge) -> None:
    response = edge.predict(headers={"Origin": "https://shop.example"}, det_conf=0.99)
    assert words(response, "Access-Control-Expose-Headers") >= EXPOSED


def test_an_answer_depends_on_the_origin_for_caches(edge: Edge) -> None:
    assert "origin" in words(edge.predict(det_conf=0.99), "Vary")


def test_credentials_are_never_allowed(edge: Edge) -> None:
    response = edge.predict("open", {"Origin": ANYBODY}, det_conf=0.99)
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize("path", ["/", "/admin/login/", "/nowhere"])
def test_pages_are_opened_to_nobody(edge: Edge, path: str) -> None:
    response = edge.ask("GET", path, None, {"Origin": "https://shop.example"})
    assert ALLOWED not in response.headers
