"""Only a 2xx costs a unit, and the headers of every answer say what is left."""

import calendar
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from tests.skuapi.edge import Edge

FAILURES: dict[str, tuple[int, dict[str, Any]]] = {
    "a missing field": (400, {"image": ...}),
    "a bad field": (400, {"sku_conf": "1"}),
    "a bad image": (400, {"image": "aGVsbG8="}),
    "a bad URL": (400, {"image": "http://127.0.0.1:1/a.jpg"}),
    "an unknown model": (404, {"brand": "NOBODY"}),
    "an invalid output": (502, {"brand": "OVERFLOW"}),
    "a damaged release": (503, {"brand": "BROKEN"}),
}


def headers(response: requests.Response) -> dict[str, int]:
    return {name: int(response.headers[f"X-RateLimit-{name}"]) for name in ("Limit", "Used", "Remaining", "Reset")}


@pytest.mark.parametrize("case", FAILURES)
def test_a_failure_costs_nothing_and_says_what_is_left(edge: Edge, case: str) -> None:
    status, changes = FAILURES[case]
    before = edge.used("counted")
    response = edge.predict("counted", **changes)
    assert response.status_code == status
    assert headers(response) == {**headers(response), "Used": before, "Remaining": 50 - before}
    assert edge.used("counted") == before


@pytest.mark.parametrize("body", [b"{", b"[]", b"x" * 8_000_000])
def test_a_broken_body_costs_nothing(edge: Edge, body: bytes) -> None:
    before = edge.used("counted")
    assert headers(edge.post(body, "counted"))["Used"] == before


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_a_prediction_costs_one_unit_and_its_own_headers_include_it(edge: Edge, version: str) -> None:
    before = edge.used("counted")
    response = edge.predict("counted", {"X-API-Version": version}, det_conf=0.99)
    assert headers(response) == {**headers(response), "Limit": 50, "Used": before + 1, "Remaining": 49 - before}
    assert edge.used("counted") == before + 1


@pytest.mark.parametrize("path", ["/api/v1/status", "/api/v1/models", "/api/v1/usage", "/api/v1/nowhere"])
def test_other_endpoints_cost_nothing_and_have_the_headers_too(edge: Edge, path: str) -> None:
    before = edge.used("counted")
    response = edge.get(path, "counted")
    assert headers(response) == {**headers(response), "Limit": 50, "Used": before, "Remaining": 50 - before}


def test_reset_is_the_first_second_of_the_next_month(edge: Edge) -> None:
    now = datetime.now(UTC)
    year, month = (now.year + 1, 1) if now.month == 12 else (now.year, now.month + 1)
    expected = calendar.timegm((year, month, 1, 0, 0, 0))
    assert headers(edge.get("/api/v1/usage"))["Reset"] == expected


def test_every_key_of_a_tenant_draws_on_one_quota(edge: Edge) -> None:
    before = edge.used("alpha")
    assert edge.predict("alpha_v1", det_conf=0.99).status_code == 200
    assert edge.used("alpha") == before + 1


def test_the_last_unit_is_granted_and_the_next_request_is_a_429(edge: Edge) -> None:
    granted, refused = (edge.predict("one_b", det_conf=0.99) for _ in range(2))
    assert (granted.status_code, headers(granted)["Remaining"]) == (200, 0)
    assert (refused.status_code, refused.json()["code"]) == (429, "quota_exceeded")


def test_a_used_up_quota_has_no_retry_after_for_clients_would_sleep_till_next_month(edge: Edge) -> None:
    response = edge.predict("exhausted")
    assert response.status_code == 429
    assert "Retry-After" not in response.headers
    assert headers(response) == {**headers(response), "Limit": 2, "Used": 2, "Remaining": 0}


def test_a_used_up_quota_closes_predict_alone(edge: Edge) -> None:
    paths = ("/api/v1/status", "/api/v1/models", "/api/v1/usage")
    assert [edge.get(path, "exhausted").status_code for path in paths] == [200, 200, 200]


def test_usage_tells_this_month_and_the_months_before(edge: Edge) -> None:
    body = edge.get("/api/v1/usage", "exhausted").json()
    month = f"{datetime.now(UTC):%Y-%m}"
    assert body == {
        "success": True,
        "month": month,
        "limit": 2,
        "used": 2,
        "in_flight": 0,
        "remaining": 0,
        "reset": body["reset"],
        "history": [{"month": month, "used": 2}],
    }


@pytest.mark.parametrize("key", ["burst", "burst_key"])
def test_a_burst_is_a_429_with_the_seconds_to_wait(edge: Edge, key: str) -> None:
    """Three a minute: seven requests meet the limit even when a minute ends among them."""
    responses = [edge.predict(key, image=...) for _ in range(7)]
    refused = [response for response in responses if response.status_code == 429]
    assert refused
    assert {response.json()["code"] for response in refused} == {"burst_limited"}
    assert all(1 <= int(response.headers["Retry-After"]) <= 61 for response in refused)


def test_a_test_key_is_never_billed(edge: Edge) -> None:
    before = edge.used("alpha")
    assert edge.predict("test", det_conf=0.99).status_code == 200
    assert edge.used("alpha") == before
