"""401 for whoever cannot be known, in one body; 403 for whoever is known and may not."""

import pytest
import requests

from tenants.keys import checksum
from tests.skuapi.edge import PREDICT, Edge

CODES = {
    "suspended": "key_suspended",
    "revoked": "key_revoked",
    "expired": "key_expired",
    "inactive": "tenant_inactive",
    "status_only": "scope_missing",
}
LIMITS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Used", "X-RateLimit-Reset")


def genuine_looking(body: str) -> str:
    return body + checksum(body)


def wrong_keys(edge: Edge) -> dict[str, dict[str, str]]:
    good, other = edge.keys["alpha"], edge.keys["beta"]
    return {
        "missing": {},
        "empty": {"X-API-Key": ""},
        "malformed": {"X-API-Key": "secret"},
        "not ASCII": {"X-API-Key": "clé"},
        "very long": {"X-API-Key": "k" * 5000},
        "mistyped": {"X-API-Key": good[:-1] + ("a" if good[-1] != "a" else "b")},
        "mistyped secret": {"X-API-Key": other[:21] + good[21:]},
        "wrong secret": {"X-API-Key": genuine_looking(other[:21] + good[21:-6])},
        "unknown id": {"X-API-Key": genuine_looking("sku_live_" + "Z" * 12 + good[21:-6])},
        "of another kind": {"X-API-Key": genuine_looking(good.replace("live", "test", 1)[:-6])},
        "only the public part": {"X-API-Key": good[:21]},
        "two that disagree": {"X-API-Key": f"{good}, {other}"},
        "in the wrong header": {"Authorization": f"Bearer {good}"},
    }


@pytest.mark.parametrize("case", wrong_keys(Edge("", None, {"alpha": "a" * 60, "beta": "b" * 60}, "")))  # type: ignore[arg-type]
def test_every_wrong_key_is_answered_with_the_same_bytes(edge: Edge, case: str) -> None:
    without = edge.ask("POST", PREDICT, None, json=edge.fields())
    response = edge.ask("POST", PREDICT, None, wrong_keys(edge)[case], json=edge.fields())
    assert (response.status_code, response.content) == (401, without.content)
    assert response.headers["WWW-Authenticate"] == 'ApiKey realm="api"'


def test_a_401_is_json_with_a_code_and_a_sentence_that_says_what_to_do(edge: Edge) -> None:
    body = edge.ask("POST", PREDICT, None).json()
    assert body["code"] == "invalid_api_key"
    assert "X-API-Key" in body["error"]


def test_a_401_has_no_rate_headers_for_no_tenant_is_known(edge: Edge) -> None:
    response = edge.ask("POST", PREDICT, None, {"X-API-Key": "secret"})
    assert not any(name in response.headers for name in LIMITS)


@pytest.mark.parametrize("path", ["/api/v1/status", "/api/v1/models", "/api/v1/usage"])
def test_every_endpoint_wants_a_key(edge: Edge, path: str) -> None:
    assert edge.ask("GET", path, None).status_code == 401


@pytest.mark.parametrize(("key", "code"), CODES.items())
def test_a_proven_key_that_may_not_is_a_403_with_its_own_code(edge: Edge, key: str, code: str) -> None:
    response = edge.predict(key)
    assert (response.status_code, response.json()["code"]) == (403, code)
    assert len(response.json()["error"]) > 20


@pytest.mark.parametrize("key", CODES)
def test_a_403_has_the_rate_headers_of_its_tenant(edge: Edge, key: str) -> None:
    assert rate_headers(edge.predict(key)) == rate_headers(edge.get("/api/v1/usage", "alpha"))


@pytest.mark.parametrize("key", ["suspended", "revoked", "expired", "inactive"])
@pytest.mark.parametrize("path", ["/api/v1/status", "/api/v1/models", "/api/v1/usage"])
def test_such_a_key_opens_no_other_endpoint(edge: Edge, key: str, path: str) -> None:
    response = edge.get(path, key)
    assert (response.status_code, response.json()["code"]) == (403, CODES[key])


def test_a_scope_opens_what_it_names(edge: Edge) -> None:
    assert edge.get("/api/v1/status", "status_only").status_code == 200


def test_the_same_key_sent_twice_is_one_key(edge: Edge) -> None:
    key = edge.keys["alpha"]
    assert edge.ask("GET", "/api/v1/models", None, {"X-API-Key": f"{key},{key}"}).status_code == 200


def rate_headers(response: requests.Response) -> list[str]:
    """All but the counters, which other tests move."""
    assert int(response.headers["X-RateLimit-Used"]) >= 0
    assert int(response.headers["X-RateLimit-Remaining"]) >= 0
    return [response.headers["X-RateLimit-Limit"], response.headers["X-RateLimit-Reset"]]
