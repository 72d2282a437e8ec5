"""What a server may answer, and how long it may take."""

import itertools
import logging
import threading
import time
from typing import Any

import pytest
from pytest_django import Settings

from inference.image_errors import ImageUrlUnusable
from skuapi.fetch import fetch
from tests.image_input.conftest import Serve
from tests.image_input.hostile_server import OK, Client, answer, body, chunked, redirect

LIMIT = 5_242_880
GZIP_BOMB = b"\x1f\x8b" + bytes(1_000)


def refused(url: str) -> str:
    """The sentence; it is the same for every cause."""
    with pytest.raises(ImageUrlUnusable) as error:
        fetch(url)
    assert str(error.value) == ImageUrlUnusable.sentence
    assert type(error.value) is ImageUrlUnusable
    return str(error.value)


def test_the_body_of_a_plain_answer_is_fetched(serve: Serve) -> None:
    assert fetch(serve(body(b"photo")).url()) == b"photo"


def test_chunks_are_put_together(serve: Serve) -> None:
    assert fetch(serve(answer(chunked(b"pho", b"t", b"o"))).url()) == b"photo"


def test_a_body_may_end_with_the_connection(serve: Serve) -> None:
    assert fetch(serve(answer(OK + b"\r\n", b"photo")).url()) == b"photo"


def test_identity_is_an_encoding_that_is_none(serve: Serve) -> None:
    assert fetch(serve(body(b"photo", b"Content-Encoding: Identity")).url()) == b"photo"


@pytest.mark.parametrize(
    "script", [body(bytes(LIMIT)), answer(chunked(bytes(LIMIT))), answer(OK + b"\r\n", bytes(LIMIT))]
)
def test_a_body_of_exactly_the_limit_is_fetched(serve: Serve, script: Any) -> None:
    assert len(fetch(serve(script).url())) == LIMIT


def test_the_request_is_plain_and_says_nothing_about_the_caller(serve: Serve) -> None:
    server = serve(body(b"photo"))
    fetch(server.url("/a b/ä.jpg?x=1#part"))
    lines = server.requests[0].decode().split("\r\n")
    assert lines[0] == "GET /a%20b/%C3%A4.jpg?x=1 HTTP/1.1"
    names = {line.split(":")[0].lower() for line in lines[1:] if line}
    assert names == {"host", "accept", "accept-encoding", "user-agent", "connection"}
    assert "Accept-Encoding: identity" in lines
    assert f"Host: 127.0.0.1:{server.port}" in lines


WRONG_ANSWERS = {
    "nothing": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "HTTP 0.9": b"<html>hello</html>",
    "not found": b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nphoto",
    "forbidden": b"HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nphoto",
    "broken server": b"HTTP/1.1 500 Oops\r\nContent-Length: 5\r\n\r\nphoto",
    "no content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "a part only": b"HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n\r\nphoto",
    "not modified": b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "a status that is none": b"HTTP/1.1 2000 OK\r\nContent-Length: 5\r\n\r\nphoto",
    "gzip": OK + b"Content-Encoding: gzip\r\nContent-Length: 1002\r\n\r\n" + GZIP_BOMB,
    "brotli": OK + b"Content-Encoding: br\r\nContent-Length: 5\r\n\r\nphoto",
    "two encodings": OK + b"Content-Encoding: identity\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nphoto",
    "a length above the limit": OK + b"Content-Length: 5242881\r\n\r\n",
    "a length that is a lie": OK + b"Content-Length: 10\r\n\r\nphoto",
    "chunks that stop": OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nphoto",
    "a chunk shorter than it says": OK + b"Transfer-Encoding: chunked\r\n\r\nff\r\nphoto\r\n0\r\n\r\n",
    "a chunk of no size": OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\nphoto\r\n0\r\n\r\n",
    "a size without end": OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 1_000_000,
    "too much in chunks": chunked(bytes(LIMIT), b"x"),
    "too much until the end": OK + b"\r\n" + bytes(LIMIT + 1),
    "too many headers": OK + b"A: b\r\n" * 1_000 + b"\r\nphoto",
    "a header without end": OK + b"A: " + b"b" * 1_000_000,
    "a redirect to nowhere": b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("name", WRONG_ANSWERS)
def test_a_wrong_answer_is_refused(serve: Serve, name: str) -> None:
    refused(serve(answer(WRONG_ANSWERS[name])).url())


def _flood(client: Client, head: bytes, piece: bytes) -> None:
    client.send(OK + head)
    while not client.closing.is_set():
        client.send(piece)


@pytest.mark.parametrize(
    ("head", "piece"),
    [(b"\r\n", bytes(65_536)), (b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + bytes(65_536) + b"\r\n")],
)
def test_an_endless_body_is_left_soon_after_the_limit(serve: Serve, head: bytes, piece: bytes) -> None:
    started = time.monotonic()
    refused(serve(lambda client: _flood(client, head, piece)).url())
    assert time.monotonic() - started < 4


def test_an_announced_length_above_the_limit_is_not_waited_for(serve: Serve) -> None:
    def announce(client: Client) -> None:
        client.send(WRONG_ANSWERS["a length above the limit"])
        client.closing.wait(10)

    started = time.monotonic()
    refused(serve(announce).url())
    assert time.monotonic() - started < 4


def _repeat(piece: bytes) -> Any:
    return itertools.repeat(piece)


SLOW_ANSWERS = {
    "silence": lambda client: client.closing.wait(10),
    "a slow status": lambda client: client.drip((bytes([byte]) for byte in OK * 100), 0.05),
    "slow headers": lambda client: (client.send(OK), client.drip(_repeat(b"A: b\r\n"), 0.05)),
    "a slow header": lambda client: (client.send(OK + b"A: "), client.drip(_repeat(b"b"), 0.05)),
    "a slow body": lambda client: (client.send(OK + b"Content-Length: 999\r\n\r\n"), client.drip(_repeat(b"x"), 0.05)),
    "a slow body without length": lambda client: (client.send(OK + b"\r\n"), client.drip(_repeat(b"x"), 0.05)),
    "slow chunks": lambda client: (
        client.send(OK + b"Transfer-Encoding: chunked\r\n\r\n"),
        client.drip(_repeat(b"1\r\nx\r\n"), 0.05),
    ),
    "a slow chunk size": lambda client: (
        client.send(OK + b"Transfer-Encoding: chunked\r\n\r\n"),
        client.drip(_repeat(b"0"), 0.05),
    ),
    "slow trailers": lambda client: (
        client.send(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n"),
        client.drip(_repeat(b"A: b\r\n"), 0.05),
    ),
    "continue, and continue": lambda client: client.drip(_repeat(b"HTTP/1.1 100 Continue\r\n\r\n"), 0.01),
    "tiny chunks as fast as they go": lambda client: _flood(
        client, b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 5_000
    ),
}


@pytest.mark.parametrize("name", SLOW_ANSWERS)
def test_an_answer_is_dropped_when_the_time_is_up_however_it_trickles(
    serve: Serve, settings: Settings, name: str
) -> None:
    url = serve(SLOW_ANSWERS[name]).url()
    settings.FETCH_TIMEOUT = 0.4
    started = time.monotonic()
    refused(url)
    assert time.monotonic() - started < 4


def test_the_time_is_one_for_all_redirects_together(serve: Serve, settings: Settings) -> None:
    def wait_and_redirect(client: Client) -> None:
        client.closing.wait(0.5)
        client.send(redirect("/again"))

    url = serve(wait_and_redirect).url()
    settings.FETCH_TIMEOUT = 1.2
    started = time.monotonic()
    refused(url)
    assert time.monotonic() - started < 1.9


def test_no_thread_stays_behind(serve: Serve) -> None:
    fetch(serve(body(b"photo")).url())
    left = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    for thread in left:
        thread.join(1)
    assert not any(thread.is_alive() for thread in left)


def test_the_log_has_the_reason_and_not_the_url(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    server = serve(answer(WRONG_ANSWERS["not found"]))
    with caplog.at_level(logging.INFO, logger="skuapi.fetch"):
        refused(server.url("/photo.jpg?signature=secret"))
    assert "status 404" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_a_proxy_in_the_environment_is_ignored(serve: Serve, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    proxy = serve(body(b"proxy"))
    monkeypatch.setenv(name, proxy.url())
    assert fetch(serve(body(b"photo")).url()) == b"photo"
    assert proxy.connections == 0
