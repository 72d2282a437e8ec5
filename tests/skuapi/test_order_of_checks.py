"""Key, limits, body, fields, model, image, unit: what is wrong first is what the answer says."""

import http.client
from typing import Any

import pytest

from tests.skuapi.edge import Edge, encoded
from tests.skuapi.picture_host import PictureHost
from tests.tiny_release import photo

NO_IMAGE = "aGVsbG8="  # base64 of no image
HUGE = b"x" * 8_000_000


def code(edge: Edge, key: str | None, **changes: Any) -> tuple[int, str]:
    response = edge.ask("POST", "/api/v1/predict", key, json=edge.fields(**changes))
    return response.status_code, response.json()["code"]


def code_of_body(edge: Edge, key: str | None, body: bytes, content_type: str = "application/json") -> tuple[int, str]:
    headers = {"Content-Type": content_type}
    response = edge.ask("POST", "/api/v1/predict", key, headers, data=body)
    return response.status_code, response.json()["code"]


@pytest.mark.parametrize(("body", "content_type"), [(b"{", "application/json"), (b"x", "text/plain"), (HUGE, "x/y")])
def test_no_key_comes_before_a_bad_body(edge: Edge, body: bytes, content_type: str) -> None:
    assert code_of_body(edge, None, body, content_type) == (401, "invalid_api_key")


def test_a_refused_key_comes_before_a_bad_body(edge: Edge) -> None:
    assert code_of_body(edge, "suspended", b"{") == (403, "key_suspended")


def test_a_missing_scope_comes_before_a_bad_body(edge: Edge) -> None:
    assert code_of_body(edge, "status_only", HUGE) == (403, "scope_missing")


@pytest.mark.parametrize(("body", "content_type"), [(b"{", "application/json"), (b"x", "text/plain"), (HUGE, "x/y")])
def test_an_exhausted_quota_comes_before_a_bad_body(edge: Edge, body: bytes, content_type: str) -> None:
    assert code_of_body(edge, "exhausted", body, content_type) == (429, "quota_exceeded")


def test_an_exhausted_quota_comes_before_an_unknown_version_and_model(edge: Edge) -> None:
    response = edge.predict("exhausted", {"X-API-Version": "9"}, brand="NOBODY")
    assert response.json()["code"] == "quota_exceeded"


def test_too_large_a_body_comes_before_its_media_type(edge: Edge) -> None:
    assert code_of_body(edge, "alpha", HUGE, "text/plain") == (413, "body_too_large")


def test_a_bad_field_comes_before_an_unknown_model(edge: Edge) -> None:
    assert code(edge, "alpha", brand="NOBODY", sku_conf="high") == (400, "invalid_field")


def test_base64_that_is_none_comes_before_an_unknown_model(edge: Edge) -> None:
    assert code(edge, "alpha", brand="NOBODY", image="%%%") == (400, "image_not_base64")


@pytest.mark.parametrize("image", [NO_IMAGE, "A" * 7_100_000], ids=["no image", "too large"])
def test_an_unknown_model_comes_before_what_is_in_the_image(edge: Edge, image: str) -> None:
    assert code(edge, "alpha", brand="NOBODY", image=image) == (404, "model_not_found")


@pytest.mark.parametrize(
    ("key", "changes", "expected"),
    [
        (None, {}, (401, "invalid_api_key")),
        ("suspended", {}, (403, "key_suspended")),
        ("exhausted", {}, (429, "quota_exceeded")),
        ("alpha", {"det_conf": 2}, (400, "invalid_field")),
        ("alpha", {"brand": "NOBODY"}, (404, "model_not_found")),
        ("restricted", {"brand": "TWO"}, (404, "model_not_found")),
    ],
)
def test_a_url_is_not_fetched_for_a_request_that_is_refused_anyway(
    edge: Edge, pictures: PictureHost, key: str | None, changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    url = pictures.offer("/never.jpg", encoded(photo()))
    assert code(edge, key, image=url, **changes) == expected
    assert pictures.hits["/never.jpg"] == 0


def test_a_url_is_fetched_once_for_a_request_that_is_served(edge: Edge, pictures: PictureHost) -> None:
    url = pictures.offer("/once.jpg", encoded(photo()))
    assert edge.predict(image=url, det_conf=0.99).status_code == 200
    assert pictures.hits["/once.jpg"] == 1


def test_a_bad_image_does_not_touch_the_last_unit(edge: Edge) -> None:
    assert code(edge, "one_a", image=NO_IMAGE) == (400, "image_format_unsupported")
    response = edge.predict("one_a", det_conf=0.99)
    assert (response.status_code, response.headers["X-RateLimit-Remaining"]) == (200, "0")


def test_a_client_may_ask_before_it_sends_its_body(edge: Edge) -> None:
    """`Expect: 100-continue`, as curl sends it with every photo above a megabyte."""
    connection = http.client.HTTPConnection(edge.url.removeprefix("http://"), timeout=30)
    headers = {"X-API-Key": edge.keys["alpha"], "Content-Type": "application/json", "Expect": "100-continue"}
    connection.request("POST", "/api/v1/predict", b"{", headers)
    assert connection.getresponse().status == 400
    connection.close()
