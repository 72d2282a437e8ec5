"""HTML goes only to a client that prefers it; everybody else gets JSON, errors included."""

from typing import Any

import pytest

from tests.skuapi.edge import PREDICT, Edge

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
WANTS_JSON = [
    None,
    "",
    "*/*",
    "application/json",
    "application/*",
    "application/xml",
    "image/png",
    "nonsense",
    "application/json, text/html;q=0.9",
    "text/html;q=0.5, */*",
    "text/html;q=0",
    "application/json; indent=4",
]
WANTS_HTML = [BROWSER, "text/html", "text/html, application/json;q=0.9"]
CASES: dict[str, tuple[str, str, str | None, dict[str, Any] | None, int]] = {
    "status": ("GET", "/api/v1/status", "alpha", None, 200),
    "a wrong method": ("DELETE", PREDICT, "alpha", None, 405),
    "a missing key": ("POST", PREDICT, None, {}, 401),
    "a refused key": ("POST", PREDICT, "suspended", {}, 403),
    "a missing field": ("POST", PREDICT, "alpha", {}, 400),
    "an unknown model": ("POST", PREDICT, "alpha", {"image": "aGVsbG8=", "category": "A", "brand": "B"}, 404),
    "an exhausted quota": ("POST", PREDICT, "exhausted", {}, 429),
    "no endpoint": ("GET", "/api/v1/nowhere", "alpha", None, 404),
    "no page": ("GET", "/nowhere", None, None, 404),
}


@pytest.mark.parametrize("accept", WANTS_JSON)
@pytest.mark.parametrize("case", CASES)
def test_json_unless_html_is_preferred(edge: Edge, case: str, accept: str | None) -> None:
    method, path, key, body, status = CASES[case]
    headers = {"Accept": accept} if accept is not None else {}
    response = edge.ask(method, path, key, headers, json=body)
    assert (response.status_code, response.headers["Content-Type"]) == (status, "application/json")
    assert isinstance(response.json(), dict)


@pytest.mark.parametrize("accept", WANTS_HTML)
@pytest.mark.parametrize("case", CASES)
def test_html_where_it_is_preferred_with_the_same_status(edge: Edge, case: str, accept: str) -> None:
    method, path, key, body, status = CASES[case]
    response = edge.ask(method, path, key, {"Accept": accept}, json=body)
    assert response.status_code == status
    assert response.headers["Content-Type"].startswith("text/html")


def test_a_body_that_is_too_large_is_a_page_for_a_browser_and_json_for_the_rest(edge: Edge) -> None:
    html, plain = (
        edge.ask(
            "POST", PREDICT, "alpha", {"Accept": accept, "Content-Type": "application/json"}, data=b"x" * 7_500_001
        )
        for accept in (BROWSER, "*/*")
    )
    assert [answer.status_code for answer in (html, plain)] == [413, 413]
    assert html.headers["Content-Type"].startswith("text/html")
    assert plain.json()["code"] == "body_too_large"


def test_an_error_in_json_is_one_line_of_utf_8(edge: Edge) -> None:
    response = edge.predict(brand="تفاح")
    assert "تفاح".encode() in response.content
    assert b"\n" not in response.content
