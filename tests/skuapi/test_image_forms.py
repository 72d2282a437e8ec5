"""The forms an image may come in: all of them are the same photo."""

import base64
import textwrap
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.skuapi.edge import PREDICT, Edge, encoded
from tests.skuapi.picture_host import PictureHost
from tests.tiny_release import photo

PHOTO = encoded(photo())
STANDARD = base64.b64encode(PHOTO).decode()
URL_SAFE = base64.urlsafe_b64encode(PHOTO).decode()
IN_TEXT = {
    "standard": STANDARD,
    "standard without padding": STANDARD.rstrip("="),
    "URL-safe": URL_SAFE,
    "URL-safe without padding": URL_SAFE.rstrip("="),
    "lines of 76": "\n".join(textwrap.wrap(STANDARD, 76)),
    "lines of 64 that end as on Windows": "\r\n".join(textwrap.wrap(STANDARD, 64)) + "\r\n",
    "spaces around": f"  {STANDARD}\n",
    "a data URI": f"data:image/jpeg;base64,{STANDARD}",
    "a data URI of another type": f"data:image/png;base64,{STANDARD}",
    "a data URI with parameters": f"data:image/jpeg;name=shelf.jpg;base64,{STANDARD}",
    "a data URI in capitals": f"DATA:IMAGE/JPEG;BASE64,{STANDARD}",
    "a percent-encoded data URI": f"data:image/jpeg;base64,{quote(STANDARD, safe='')}",
}


@pytest.fixture(scope="module")
def expected(edge: Edge) -> Any:
    return edge.predict(image=STANDARD).json()


@pytest.mark.parametrize("form", IN_TEXT)
def test_text_in_every_form_is_the_same_photo(edge: Edge, expected: Any, form: str) -> None:
    assert edge.predict(image=IN_TEXT[form]).json() == expected


def test_the_photo_has_the_characters_in_which_the_two_alphabets_differ() -> None:
    assert set("+/") & set(STANDARD)
    assert set("-_") & set(URL_SAFE)


def test_a_url_is_the_same_photo(edge: Edge, expected: Any, pictures: PictureHost) -> None:
    assert edge.predict(image=pictures.offer("/shelf.jpg?signed=1", PHOTO)).json() == expected


@pytest.mark.parametrize("name", ["shelf.jpg", "photo.png", "", "تفاح.jpg", "../../etc/passwd"])
def test_an_upload_is_the_same_photo_whatever_its_file_is_called(edge: Edge, expected: Any, name: str) -> None:
    files = {"image": (name or "blob", PHOTO, "application/octet-stream")}
    assert uploaded(edge, {"category": "TINY", "brand": "ONE"}, files).json() == expected


@pytest.mark.parametrize("image", [STANDARD, f"data:image/jpeg;base64,{STANDARD}"])
def test_a_form_may_hold_the_image_as_text(edge: Edge, expected: Any, image: str) -> None:
    files = {"image": (None, image)}
    assert uploaded(edge, {"category": "TINY", "brand": "ONE"}, files).json() == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("True", True), ("1", True), ("on", True), ("false", False), ("0", False), ("off", False)],
)
def test_flags_of_a_form_are_parsed_from_text(edge: Edge, text: str, value: bool) -> None:
    form = {"category": "TINY", "brand": "ONE", "return_annotated": text, "det_conf": "0.99"}
    body = uploaded(edge, form, {"image": ("a.jpg", PHOTO)}).json()
    assert ("annotated_image_base64" in body) == value


def test_numbers_of_a_form_are_parsed_from_text(edge: Edge) -> None:
    form = {"category": "TINY", "brand": "ONE", "return_annotated": "false"}
    body = uploaded(edge, {**form, "sku_conf": "0.985", "det_conf": "0.1"}, {"image": ("a.jpg", PHOTO)}).json()
    assert body == edge.predict(sku_conf=0.985, det_conf=0.1, return_annotated=False).json()


def test_a_field_of_a_form_that_was_left_empty_has_its_default(edge: Edge, expected: Any) -> None:
    form = {"category": "TINY", "brand": "ONE", "sku_conf": "", "det_conf": "", "show_unknown": ""}
    assert uploaded(edge, form, {"image": ("a.jpg", PHOTO)}).json() == expected


@pytest.mark.parametrize(
    ("file_format", "code"), [("JPEG", None), ("PNG", None), ("WEBP", None), ("GIF", "u"), ("BMP", "u"), ("TIFF", "u")]
)
def test_the_three_formats_are_told_by_content_alone(edge: Edge, file_format: str, code: str | None) -> None:
    data = encoded(photo(), file_format)
    response = edge.predict(image=f"data:image/jpeg;base64,{base64.b64encode(data).decode()}", det_conf=0.99)
    assert response.json().get("code") == (code and "image_format_unsupported")


def test_an_upload_above_five_megabytes_is_a_400(edge: Edge) -> None:
    big = PHOTO + b"\0" * (5_242_881 - len(PHOTO))
    response = uploaded(edge, {"category": "TINY", "brand": "ONE"}, {"image": ("a.jpg", big)})
    assert (response.status_code, response.json()["code"]) == (400, "image_too_large")


@pytest.mark.parametrize(("size", "status"), [(5_242_880, 200), (5_242_881, 400)])
def test_the_limit_is_5_242_880_bytes_decoded(edge: Edge, size: int, status: int) -> None:
    data = PHOTO + b"\0" * (size - len(PHOTO))
    response = edge.predict(image=base64.b64encode(data).decode(), det_conf=0.99)
    assert response.status_code == status
    assert response.json().get("code") == (None if status == 200 else "image_too_large")


@pytest.mark.parametrize("path", ["/missing.jpg", "/page.html", "/large.jpg"], ids=["a 404", "no image", "above 5 MB"])
def test_a_url_that_gives_no_usable_image_is_a_400_in_the_same_words(
    edge: Edge, pictures: PictureHost, path: str
) -> None:
    pictures.offer("/page.html", b"<html>")
    pictures.offer("/large.jpg", PHOTO + b"\0" * 5_242_881)
    refused = edge.predict(image="http://127.0.0.1:1/closed.jpg").json()
    response = edge.predict(image=f"http://{pictures.authority}{path}")
    assert (response.status_code, response.json()) == (400, refused)


@pytest.mark.parametrize("host", ["127.0.0.1:{}", "localhost:{}", "10.0.0.1", "169.254.169.254", "[::1]:{}", "0.0.0.0"])
def test_a_url_into_the_own_network_is_refused_unless_an_operator_opened_it(
    edge: Edge, pictures: PictureHost, host: str
) -> None:
    closed = pictures.server_port + 1 if pictures.server_port < 65535 else 1
    response = edge.predict(image=f"http://{host.format(closed)}/a.jpg")
    assert (response.status_code, response.json()["code"]) == (400, "image_url_unusable")


def uploaded(edge: Edge, form: dict[str, str], files: dict[str, Any]) -> requests.Response:
    return edge.ask("POST", PREDICT, "alpha", data=form, files=files)
