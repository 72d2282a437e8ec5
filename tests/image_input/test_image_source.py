"""Base64, data URI, upload or URL: every form an integrator sends, and every way to get it wrong."""

import base64
import textwrap
import time
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile, TemporaryUploadedFile
from pytest_django import Settings

from inference.errors import DeadlineExceeded
from inference.image_errors import ImageError, ImageNotBase64, ImageUrlUnusable
from inference.images import decode
from skuapi.image_input import ImageSource, OversizedImage, RemoteImage
from tests.image_input.conftest import Serve
from tests.image_input.hostile_server import body
from tests.image_input.pictures import photo, saved

LIMIT = 5_242_880
DATA = bytes(range(256)) * 3 + b"\xfb\xff\xfe"  # its base64 has both characters in which the alphabets differ
TEXT = base64.b64encode(DATA).decode()
URL_SAFE = base64.urlsafe_b64encode(DATA).decode()


def image_bytes(value: Any) -> bytes:
    return ImageSource.parse(value).read()


def code_of(value: Any) -> str:
    with pytest.raises(ImageError) as refused:
        image_bytes(value)
    assert "`image`" in str(refused.value)
    return refused.value.code


@pytest.mark.parametrize("length", range(12))
@pytest.mark.parametrize("alphabet", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("padded", [True, False])
def test_base64_of_any_length_and_alphabet_is_read(length: int, alphabet: Any, padded: bool) -> None:
    data = (b"\xfb\xff\xfe" * 4)[: length + 1]
    text = alphabet(data).decode()
    assert image_bytes(text if padded else text.rstrip("=")) == data


SPACED = {
    "lines": textwrap.fill(TEXT, 76),
    "lines as mail has them": textwrap.fill(TEXT, 76).replace("\n", "\r\n"),
    "a last newline": TEXT + "\n",
    "space around": f" \t{TEXT}\r\n ",
    "space between all": " ".join(TEXT),
    "vertical space": f"{TEXT[:8]}\v\f{TEXT[8:]}",
    "space in the padding": base64.b64encode(DATA + b"x").decode().replace("==", "=\n=\n"),
}


@pytest.mark.parametrize("name", SPACED)
def test_whitespace_in_base64_does_not_matter(name: str) -> None:
    assert image_bytes(SPACED[name]).startswith(DATA)


@pytest.mark.parametrize(
    "head",
    [
        "data:image/jpeg;base64,", "data:image/png;base64,", "DATA:IMAGE/WEBP;BASE64,", "data:;base64,",
        "data: ;base64,",
        "data:application/octet-stream;base64,", "data:image/jpeg;charset=utf-8;base64,", "data:image/jpeg; base64,",
        "data:image/jpeg;name=shelf.jpg;base64,", "data:image/jpeg;base64;charset=utf-8,", "  data:image/jpeg;base64, ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", [TEXT, URL_SAFE.rstrip("="), textwrap.fill(TEXT, 60), TEXT.replace("+", "%2B")])
def test_a_data_uri_is_read_whatever_stands_before_its_base64(head: str, text: str) -> None:
    assert image_bytes(head + text) == DATA


@pytest.mark.parametrize(
    "uri", ["data:image/svg+xml,<svg/>", "data:,AAAA", "data:image/png", "data:", "data:image/png;base64"]
)
def test_a_data_uri_without_base64_is_refused_with_the_way_to_write_it(uri: str) -> None:
    with pytest.raises(ImageNotBase64, match="data:image/jpeg;base64,"):
        image_bytes(uri)


@pytest.mark.parametrize("value", ["", " ", "\n\t", "=", "====", "data:image/png;base64,", "data:;base64, \n"])
def test_nothing_is_empty(value: str) -> None:
    with pytest.raises(ImageError) as refused:
        decode(image_bytes(value))
    assert refused.value.code == "image_empty"


@pytest.mark.parametrize(
    "value",
    [
        "A", "AAAAA", "AA*A", "A*AAA", "AAAA!", "AAAA\0", "\0AAAA", "AA=A", "AAAA=AAAA", "AAAA==AAAA", "=AAAA", "AÀAA",
        "\ud800", "＋＋＋＋", "AAA.", "shelf.jpg", "/home/me/shelf.jpg", "C:\\shelf.jpg", "[1, 2]", "b'AAAA'",
        "AAAA,AAAA",
        "AA%3D%3D", "image/png;base64,AAAA", "\ufeffAAAA", "www.example.com/shelf.jpg", "mailto:a@example.com",
        "blob:http://example.com/1",
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_base64_says_so(value: str) -> None:
    assert code_of(value) == "image_not_base64"


@pytest.mark.parametrize(
    "value",
    [
        "http://", "https:", "HTTP://127.0.0.1/", " https://user@example.com/", "http://1.1.1.1\\@127.0.0.1/",
        "http:shelf", "https:/example.com", "ftp://example.com/a.jpg", "file:///etc/passwd", "s3://bucket/a.jpg",
        "http://example.com/\0", "hTTp://[::1]/", "http://example.com:8080/a.jpg",
    ],
    ids=repr,
)  # fmt: skip
def test_what_looks_like_a_url_is_judged_as_one(value: str) -> None:
    assert code_of(value) == "image_url_unusable"


def test_base64_of_exactly_the_limit_is_read_and_one_byte_more_is_not() -> None:
    assert len(image_bytes(base64.b64encode(bytes(LIMIT)).decode())) == LIMIT
    assert code_of(base64.b64encode(bytes(LIMIT + 1)).decode()) == "image_too_large"


def test_lines_do_not_make_an_image_too_large() -> None:
    assert len(image_bytes(base64.encodebytes(bytes(LIMIT)).decode())) == LIMIT


def test_text_that_is_too_long_is_not_even_decoded() -> None:
    source = ImageSource.parse("A" * 7_200_000)
    assert isinstance(source, OversizedImage)


def test_a_limit_in_the_settings_is_the_limit(settings: Settings) -> None:
    settings.MAX_IMAGE_BYTES = 10
    assert image_bytes(base64.b64encode(bytes(10)).decode()) == bytes(10)
    assert code_of(base64.b64encode(bytes(11)).decode()) == "image_too_large"


def test_parsing_asks_nobody_and_reads_nothing(dialled: list[Any]) -> None:
    """The model is looked up between the two steps, and a refused model must cost no request to anybody."""
    assert ImageSource.parse("https://example.com/shelf.jpg") == RemoteImage("https://example.com/shelf.jpg")
    assert ImageSource.parse("http://127.0.0.1/") == RemoteImage("http://127.0.0.1/")
    assert dialled == []


def _upload(kind: type, data: bytes) -> Any:
    if kind is SimpleUploadedFile:
        return SimpleUploadedFile("shelf.jpg", data)
    if kind is InMemoryUploadedFile:
        return InMemoryUploadedFile(BytesIO(data), "image", "shelf.jpg", "image/jpeg", len(data), None)
    upload = TemporaryUploadedFile("shelf.jpg", "image/jpeg", len(data), None)
    upload.write(data)
    return upload


@pytest.mark.parametrize("kind", [SimpleUploadedFile, InMemoryUploadedFile, TemporaryUploadedFile])
def test_an_upload_is_read_from_its_beginning_however_django_holds_it(kind: type) -> None:
    upload = _upload(kind, DATA)
    assert image_bytes(upload) == DATA
    assert image_bytes(upload) == DATA


@pytest.mark.parametrize("kind", [SimpleUploadedFile, InMemoryUploadedFile, TemporaryUploadedFile])
def test_an_upload_above_the_limit_is_too_large(settings: Settings, kind: type) -> None:
    settings.MAX_IMAGE_BYTES = len(DATA)
    assert image_bytes(_upload(kind, DATA)) == DATA
    assert code_of(_upload(kind, DATA + b"x")) == "image_too_large"


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_a_photo_behind_a_url_is_read(serve: Serve, file_format: str) -> None:
    data = saved(photo(), file_format)
    server = serve(body(data, b"Content-Type: text/plain"))
    assert image_bytes(f" {server.url().replace('http', 'HTTP')} ") == data


@pytest.mark.parametrize("data", [b"<html>log in first</html>", b"", b"GIF89a" + bytes(20), b"\xff\xd8"])
def test_what_is_no_image_behind_a_url_makes_the_url_unusable(serve: Serve, data: bytes) -> None:
    with pytest.raises(ImageUrlUnusable):
        image_bytes(serve(body(data)).url())


def test_too_much_behind_a_url_makes_the_url_unusable(serve: Serve, settings: Settings) -> None:
    data = saved(photo(), "JPEG")
    url = serve(body(data)).url()
    settings.MAX_IMAGE_BYTES = len(data) - 1
    assert code_of(url) == "image_url_unusable"


def test_a_host_that_has_not_answered_by_the_deadline_of_the_request_is_too_late(serve: Serve) -> None:
    """The time for fetches, which is longer here, is no request's own."""
    url = serve(lambda client: time.sleep(2)).url()
    with pytest.raises(DeadlineExceeded, match="address"):
        ImageSource.parse(url).read(time.monotonic() + 0.2)


def test_nothing_is_fetched_for_a_request_that_is_late_already(serve: Serve) -> None:
    server = serve(body(b"x"))
    with pytest.raises(DeadlineExceeded):
        ImageSource.parse(server.url()).read(time.monotonic() - 1)
    assert server.requests == []
