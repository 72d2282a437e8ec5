"""Connections to replicas end at the deadline, whatever hangs, and not before."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from skuapi.backends import connections
from skuapi.backends.connections import Connections, NoReply, Reply, TooLate

LARGE = bytes(1 << 24)
"""More than lies in the buffers between two ends."""
Behaviour = Callable[[socket.socket], None]


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=1) as server:
        yield server


@pytest.fixture
def other_side(listening: socket.socket) -> Iterator[Callable[[Behaviour], Connections]]:
    """A server that does so with its one connection, which it holds until the test is over."""
    accepted: list[socket.socket] = []

    def serve(behaviour: Behaviour) -> None:
        accepted.append(listening.accept()[0])
        behaviour(accepted[0])

    def start(behaviour: Behaviour) -> Connections:
        threading.Thread(target=serve, args=(behaviour,), daemon=True).start()
        return to(listening)

    yield start
    for connection in accepted:
        connection.close()


def to(server: socket.socket) -> Connections:
    return Connections(f"http://127.0.0.1:{server.getsockname()[1]}")


def ask(way: Connections, seconds: float, body: bytes = b"a photo") -> Reply:
    return way.ask("POST", "/predict", body, {}, time.monotonic() + seconds)


def read_late(connection: socket.socket) -> None:
    time.sleep(0.3)
    left = len(LARGE)
    while left > 0:
        left -= len(connection.recv(1 << 20))
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nread")


def answer_in_part(connection: socket.socket) -> None:
    connection.recv(1 << 16)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nre")


def test_what_takes_longer_to_send_than_a_connection_to_make_arrives(
    other_side: Callable[[Behaviour], Connections], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "CONNECT_SECONDS", 0.1)
    assert ask(other_side(read_late), 60, LARGE) == (200, b"read")


def test_what_cannot_be_sent_by_the_deadline_is_too_late(other_side: Callable[[Behaviour], Connections]) -> None:
    with pytest.raises(TooLate):
        ask(other_side(lambda _: None), 0.3, LARGE)


def test_an_answer_that_is_not_whole_by_the_deadline_is_too_late(
    other_side: Callable[[Behaviour], Connections],
) -> None:
    with pytest.raises(TooLate):
        ask(other_side(answer_in_part), 0.3)


def test_nothing_is_sent_after_the_deadline(listening: socket.socket) -> None:
    with pytest.raises(TooLate):
        ask(to(listening), -1)


def test_a_connection_that_is_not_made_by_the_deadline_is_given_up(
    listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "CONNECT_SECONDS", 60)
    waiting = fill(listening)
    began = time.monotonic()
    with pytest.raises(NoReply):
        ask(to(listening), 0.3)
    assert time.monotonic() - began < 30
    for one in waiting:
        one.close()


def fill(server: socket.socket) -> list[socket.socket]:
    """Makes connections that nobody accepts, until there is no room for another."""
    made: list[socket.socket] = []
    try:
        while len(made) < 100:
            made.append(socket.create_connection(server.getsockname(), 0.3))
    except TimeoutError:
        return made
    raise AssertionError("every connection found room")
