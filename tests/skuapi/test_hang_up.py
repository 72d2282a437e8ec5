"""Whether a client is still there, as the connection tells."""

import socket
from collections.abc import Iterator

import pytest
from django.http import HttpRequest

from skuapi.hang_up import has_hung_up


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, HttpRequest]]:
    """The client's end of a connection, and a request that came through it."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        accepted, _ = server.accept()
        accepted.settimeout(5)
        request = HttpRequest()
        request.META["gunicorn.socket"] = accepted
        with accepted:
            yield client, request


def test_a_client_that_waits_is_there(ends: tuple[socket.socket, HttpRequest]) -> None:
    assert not has_hung_up(ends[1])


def test_a_client_that_has_sent_its_next_request_already_is_there(ends: tuple[socket.socket, HttpRequest]) -> None:
    ends[0].sendall(b"GET / HTTP/1.1\r\n")
    assert not has_hung_up(ends[1])


def test_a_client_that_has_closed_is_gone(ends: tuple[socket.socket, HttpRequest]) -> None:
    ends[0].close()
    assert has_hung_up(ends[1])


def test_a_client_that_has_closed_only_its_own_half_is_taken_for_gone_as_proxies_do(
    ends: tuple[socket.socket, HttpRequest],
) -> None:
    ends[0].shutdown(socket.SHUT_WR)
    assert has_hung_up(ends[1])


def test_a_connection_that_this_side_has_closed_is_gone(ends: tuple[socket.socket, HttpRequest]) -> None:
    ends[1].META["gunicorn.socket"].close()
    assert has_hung_up(ends[1])


def test_a_server_that_shows_no_connection_is_believed() -> None:
    assert not has_hung_up(HttpRequest())
