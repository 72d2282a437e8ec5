"""Every way a field can be wrong is a 400 whose sentence names the field, and costs nothing."""

from typing import Any

import pytest
import requests

from tests.skuapi.edge import PREDICT, Edge

NOT_STRINGS: list[Any] = [None, 0, 1.5, True, [], ["x"], {}, {"a": 1}]
NOT_NUMBERS: list[Any] = [None, "0.5", "", True, False, [], [0.5], {}]
OUT_OF_RANGE: list[Any] = [-0.0001, -1, 1.0001, 2, 100, 1e308, 10**300]
NOT_FLAGS: list[Any] = [None, 0, 1, "true", "false", "", [], {}]


def refusal(response: requests.Response) -> tuple[int, str]:
    body = response.json()
    assert body["success"] is False
    return response.status_code, body["code"]


@pytest.mark.parametrize("name", ["image", "category", "brand"])
def test_a_missing_field_is_named(edge: Edge, name: str) -> None:
    response = edge.predict(**{name: ...})
    assert refusal(response) == (400, "missing_field")
    assert f"`{name}` is missing" in response.json()["error"]


@pytest.mark.parametrize("name", ["image", "category", "brand"])
@pytest.mark.parametrize("value", NOT_STRINGS, ids=repr)
def test_image_category_and_brand_are_strings(edge: Edge, name: str, value: Any) -> None:
    response = edge.predict(**{name: value})
    assert refusal(response) == (400, "invalid_field")
    assert f"`{name}` must be a string" in response.json()["error"]


@pytest.mark.parametrize("name", ["sku_conf", "det_conf"])
@pytest.mark.parametrize("value", NOT_NUMBERS, ids=repr)
def test_a_confidence_is_a_json_number_and_nothing_that_looks_like_one(edge: Edge, name: str, value: Any) -> None:
    response = edge.predict(**{name: value})
    assert refusal(response) == (400, "invalid_field")
    assert f"`{name}` must be a number" in response.json()["error"]


@pytest.mark.parametrize("name", ["sku_conf", "det_conf"])
@pytest.mark.parametrize("value", OUT_OF_RANGE, ids=repr)
def test_a_confidence_lies_between_zero_and_one(edge: Edge, name: str, value: Any) -> None:
    response = edge.predict(**{name: value})
    assert refusal(response) == (400, "invalid_field")
    assert f"`{name}` must lie between 0 and 1" in response.json()["error"]


@pytest.mark.parametrize("written", ["1e400", "-1e400", "1e5", "NaN", "Infinity", "-Infinity", "9" * 5000])
@pytest.mark.parametrize("name", ["sku_conf", "det_conf"])
def test_numbers_that_json_or_a_float_cannot_hold_are_refused(edge: Edge, name: str, written: str) -> None:
    body = f'{{"image": "{edge.photo}", "category": "TINY", "brand": "ONE", "{name}": {written}}}'
    status, code = refusal(edge.post(body.encode()))
    assert (status, code in ("invalid_field", "invalid_body")) == (400, True)


@pytest.mark.parametrize("value", [0, 1, 0.0, 1.0, 0.3])
@pytest.mark.parametrize("name", ["sku_conf", "det_conf"])
def test_the_ends_of_the_range_belong_to_it(edge: Edge, name: str, value: float) -> None:
    assert edge.predict(**{name: value}, return_annotated=False).status_code == 200


@pytest.mark.parametrize("name", ["show_unknown", "return_annotated"])
@pytest.mark.parametrize("value", NOT_FLAGS, ids=repr)
def test_a_flag_is_true_or_false(edge: Edge, name: str, value: Any) -> None:
    response = edge.predict(**{name: value})
    assert refusal(response) == (400, "invalid_field")
    assert f"`{name}` must be true or false" in response.json()["error"]


@pytest.mark.parametrize("name", ["category", "brand"])
@pytest.mark.parametrize("value", ["", "   ", "x" * 201, "ت" * 201, "\ud800", "A\udfffB"], ids=ascii)
def test_a_name_has_1_to_200_characters(edge: Edge, name: str, value: str) -> None:
    response = edge.predict(**{name: value})
    assert refusal(response) == (400, "invalid_field")
    assert f"`{name}` must have 1 to 200 characters" in response.json()["error"]


@pytest.mark.parametrize(
    ("image", "code"),
    [
        ("", "image_empty"),
        ("  \n ", "image_empty"),
        ("data:image/jpeg;base64,", "image_empty"),
        ("%%%", "image_not_base64"),
        ("photo.jpg", "image_not_base64"),
        ("\ud800", "image_not_base64"),
        ("data:image/jpeg,abc", "image_not_base64"),
        ("aGVsbG8=", "image_format_unsupported"),
        ("/9j/4AAQSkZJRg==", "image_corrupt"),
        ("A" * 6_990_600, "image_too_large"),
        ("ftp://pictures.example/a.jpg", "image_url_unusable"),
        ("http://127.0.0.1:1/a.jpg", "image_url_unusable"),
        ("http://[::1/a.jpg", "image_url_unusable"),
        ("http://pictures.example/\ud800.jpg", "image_url_unusable"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_an_image_that_is_none_has_its_own_code_and_is_named(edge: Edge, image: str, code: str) -> None:
    response = edge.predict(image=image)
    assert refusal(response) == (400, code)
    assert "`image`" in response.json()["error"]


def test_unknown_fields_are_ignored_and_named(edge: Edge) -> None:
    response = edge.predict(det_conf=0.99, colour="red", Brand="TWO")
    assert response.status_code == 200
    assert response.headers["X-API-Warnings"] == "ignored fields: colour, Brand"


@pytest.mark.parametrize("name", ["a\r\nX-Evil: 1", "\x00\x01\x7f", "تفاح", "\ud800", "", "x" * 5000], ids=ascii)
def test_no_name_of_an_unknown_field_can_break_the_answer(edge: Edge, name: str) -> None:
    response = edge.predict(det_conf=0.99, **{name: 1})
    assert response.status_code == 200
    assert "X-Evil" not in response.headers
    assert response.headers["X-API-Warnings"].startswith("ignored fields: ")
    assert len(response.headers["X-API-Warnings"]) <= 500


def test_many_unknown_fields_still_fit_a_header(edge: Edge) -> None:
    response = edge.predict(det_conf=0.99, **{f"{'ü' * 40}{number}": number for number in range(500)})
    assert (response.status_code, len(response.headers["X-API-Warnings"])) == (200, 500)


def test_without_unknown_fields_there_is_no_warning(edge: Edge) -> None:
    assert "X-API-Warnings" not in edge.predict(det_conf=0.99).headers


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sku_conf", "half"),
        ("sku_conf", "nan"),
        ("det_conf", "inf"),
        ("det_conf", "1.5"),
        ("show_unknown", "maybe"),
        ("return_annotated", "2"),
        ("category", "x" * 201),
    ],
)
def test_form_fields_are_parsed_from_text_and_then_held_to_the_same_rules(edge: Edge, name: str, text: str) -> None:
    response = multipart(edge, {name: text})
    assert refusal(response) == (400, "invalid_field")
    assert f"`{name}`" in response.json()["error"]


@pytest.mark.parametrize("name", ["category", "brand", "sku_conf", "show_unknown"])
def test_a_file_in_place_of_a_form_field_is_named(edge: Edge, name: str) -> None:
    response = multipart(edge, {}, {name: ("a.txt", b"TINY")})
    assert refusal(response) == (400, "invalid_field")
    assert f"`{name}` must be" in response.json()["error"]


@pytest.mark.parametrize("name", ["category", "brand", "image"])
def test_an_empty_form_field_is_a_missing_one(edge: Edge, name: str) -> None:
    assert refusal(multipart(edge, {name: ""})) == (400, "missing_field")


def multipart(edge: Edge, changes: dict[str, str], files: dict[str, Any] | None = None) -> requests.Response:
    fields = {**edge.fields(), **changes}
    parts = {**{name: (None, value) for name, value in fields.items()}, **(files or {})}
    return edge.ask("POST", PREDICT, "alpha", files=parts)
