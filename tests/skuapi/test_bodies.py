"""Bodies that are no request: broken JSON, other media types, too many bytes, broken chunks."""

import http.client
import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from tests.skuapi.edge import PREDICT, Edge

MEGABYTE = 1024 * 1024
BROKEN_JSON: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"image=abc",
    "cut off": b'{"image": "abc"',
    "single quotes": b"{'image': 'abc'}",
    "trailing comma": b'{"image": "abc",}',
    "two documents": b"{}{}",
    "10,000 levels of lists": b"[" * 10_000 + b"]" * 10_000,
    "10,000 levels of objects": b'{"image":' * 10_000 + b"1" + b"}" * 10_000,
    "a million open brackets": b"[" * 1_000_000,
    "invalid UTF-8": b'{"image": "\xff\xfe\xc3("}',
    "half a UTF-8 sequence": '{"image": "é'.encode()[:-1],
    "a control character": b'{"image": "a\x00b"}',
    "NaN": b'{"image": NaN}',
}
NO_OBJECTS = [b"[]", b'["image"]', b'"image"', b"null", b"true", b"1", b"1.5", b'[{"image": "abc"}]']


def code(response: requests.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


@pytest.mark.parametrize("body", BROKEN_JSON.values(), ids=BROKEN_JSON)
def test_a_body_that_is_no_json_is_a_400_that_says_what_to_check(edge: Edge, body: bytes) -> None:
    response = edge.post(body)
    assert response.status_code == 400
    assert response.json()["code"] == ("invalid_body" if body else "missing_field")


@pytest.mark.parametrize("body", NO_OBJECTS)
def test_json_that_is_no_object_is_a_400(edge: Edge, body: bytes) -> None:
    response = edge.post(body)
    assert code(response) == (400, "invalid_field")
    assert "JSON object" in response.json()["error"]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_json_may_come_in_any_encoding_of_unicode(edge: Edge, charset: str) -> None:
    assert edge.post(json.dumps(edge.fields(det_conf=0.99)).encode(charset)).status_code == 200


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "image/jpeg", "application/xml", "", "nonsense"]
)
def test_another_media_type_is_a_415_that_names_the_right_ones(edge: Edge, content_type: str) -> None:
    response = edge.post(b"image=abc", content_type=content_type)
    assert code(response) == (415, "unsupported_media_type")
    assert "application/json" in response.json()["error"]


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON", "application/json;"])
def test_json_may_be_announced_in_other_words(edge: Edge, content_type: str) -> None:
    body = json.dumps(edge.fields(det_conf=0.99)).encode()
    assert edge.post(body, content_type=content_type).status_code == 200


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"abc"),
        ("multipart/form-data; boundary=", b"abc"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=a\r\n"),
        ("multipart/form-data; boundary=\xff".encode("latin-1").decode("latin-1"), b"--x"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name*=bogus''a\r\n\r\n1\r\n--x--"),
        ("multipart/form-data; boundary=x; charset=bogus", b"--x--"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n%\r\n--x--',
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 2000 + b"--x--",
        ),
    ],
)
def test_a_broken_multipart_body_is_a_400(edge: Edge, content_type: str, body: bytes) -> None:
    response = edge.post(body, content_type=content_type)
    assert response.status_code == 400
    assert response.json()["code"] in ("invalid_body", "missing_field")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "BREW"])
def test_another_method_is_a_405_that_says_which_are_allowed(edge: Edge, method: str) -> None:
    response = edge.ask(method, PREDICT, "alpha")
    assert code(response) == (405, "method_not_allowed")
    assert response.headers["Allow"] == "POST, OPTIONS"


@pytest.mark.parametrize("path", ["/api/v1/status", "/api/v1/models", "/api/v1/usage"])
def test_the_other_endpoints_are_read_only(edge: Edge, path: str) -> None:
    assert code(edge.ask("POST", path, "alpha", json={})) == (405, "method_not_allowed")


@pytest.mark.parametrize("size", [7_500_001, 20 * MEGABYTE])
def test_a_body_above_the_limit_is_a_413_that_a_plain_client_can_read(edge: Edge, size: int) -> None:
    assert code(edge.post(b"x" * size)) == (413, "body_too_large")


@pytest.mark.parametrize("close", ["close", "keep-alive"])
def test_a_client_that_is_still_sending_can_read_the_413(edge: Edge, close: str) -> None:
    assert code_for_a_plain_client(edge, "alpha", 20 * MEGABYTE, close) == (413, "body_too_large")


def test_the_largest_allowed_body_is_not_too_large(edge: Edge) -> None:
    assert code(edge.post(b"x" * 7_500_000)) == (400, "invalid_body")


@pytest.mark.parametrize("close", ["close", "keep-alive"])
@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (None, (401, "invalid_api_key")),
        ("suspended", (403, "key_suspended")),
        ("exhausted", (429, "quota_exceeded")),
    ],
)
def test_a_refused_client_that_is_still_sending_can_read_why(
    edge: Edge, key: str | None, expected: tuple[int, str], close: str
) -> None:
    assert code_for_a_plain_client(edge, key, 7 * MEGABYTE, close) == expected


def code_for_a_plain_client(edge: Edge, key: str | None, size: int, close: str) -> tuple[int, str]:
    """http.client sends everything before it reads anything, and fails when it cannot."""
    connection = http.client.HTTPConnection(urlsplit(edge.url).netloc, timeout=60)
    headers = {"Content-Type": "application/json", "Connection": close}
    connection.request("POST", PREDICT, b"x" * size, headers | ({"X-API-Key": edge.keys[key]} if key else {}))
    response = connection.getresponse()
    status, body = response.status, json.load(response)
    connection.close()
    return status, body["code"]


def chunks(body: bytes, size: int = 10_000) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


def test_a_chunked_body_is_read_like_any_other(edge: Edge) -> None:
    body = json.dumps(edge.fields(det_conf=0.99)).encode()
    headers = {"Content-Type": "application/json"}
    assert edge.ask("POST", PREDICT, "alpha", headers, data=chunks(body)).status_code == 200


def test_a_chunked_upload_of_a_file_is_read_like_any_other(edge: Edge) -> None:
    prepared = requests.Request(
        "POST", edge.url, files={name: (None, value) for name, value in edge.fields().items()}
    ).prepare()
    assert isinstance(prepared.body, bytes)
    headers = {"Content-Type": prepared.headers["Content-Type"]}
    assert edge.ask("POST", PREDICT, "alpha", headers, data=chunks(prepared.body)).status_code == 200


@pytest.mark.parametrize("size", [7_500_001, 20 * MEGABYTE])
def test_a_chunked_body_above_the_limit_is_a_413(edge: Edge, size: int) -> None:
    headers = {"Content-Type": "application/json"}
    response = edge.ask("POST", PREDICT, "alpha", headers, data=chunks(b"x" * size, 1_000_000))
    assert code(response) == (413, "body_too_large")


@pytest.mark.parametrize("chunk", [b"zz\r\nabc\r\n0\r\n\r\n", b"3\r\nabcdef\r\n0\r\n\r\n", b"-1\r\n\r\n"])
def test_broken_chunks_are_a_400_in_json(edge: Edge, chunk: bytes) -> None:
    assert code_of_raw(edge, chunk) == (400, "invalid_body")


def code_of_raw(edge: Edge, body: bytes) -> tuple[int, str]:
    """Sent as chunks, byte for byte."""
    address = urlsplit(edge.url)
    head = f"POST {PREDICT} HTTP/1.1\r\nHost: {address.netloc}\r\nX-API-Key: {edge.keys['alpha']}\r\n"
    with socket.create_connection((address.hostname, address.port), 30) as sock:
        sock.sendall(f"{head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode() + body)
        response = http.client.HTTPResponse(sock)
        response.begin()
        return response.status, json.load(response)["code"]
