"""Servers that are torn down, and a record of every address that a socket was pointed at."""

import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django import Settings

from tests.image_input.hostile_server import HostileServer, Script

Serve = Callable[..., HostileServer]
_records: list[list[Any]] = []


def _note(event: str, args: tuple[Any, ...]) -> None:
    if _records and event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        for record in _records:
            record.append(args[1])


sys.addaudithook(_note)  # there is no removing it, so it looks whether a test listens


@pytest.fixture
def dialled() -> Iterator[list[Any]]:
    """What Python's own audit events say: every address of every connect and datagram of the test."""
    _records.append([])
    yield _records[-1]
    _records.pop()


@pytest.fixture
def serve(settings: Settings) -> Iterator[Serve]:
    """Starts a hostile server whose address the operator has allowed."""
    servers: list[HostileServer] = []
    settings.FETCH_ALLOWED_HOSTS = []
    settings.FETCH_TIMEOUT = 5.0

    def start(script: Script, tls: ssl.SSLContext | None = None, *, reads_head: bool = True) -> HostileServer:
        server = HostileServer(script, tls, reads_head=reads_head)
        servers.append(server)
        settings.FETCH_ALLOWED_HOSTS = [*settings.FETCH_ALLOWED_HOSTS, f"127.0.0.1:{server.port}"]
        return server

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The name service of the test: host -> addresses; it knows no other host."""
    table: dict[str, list[str]] = {}

    def look_up(host: str, *_: Any, **__: Any) -> list[Any]:
        if host not in table:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        addresses = table[host]
        return [(0, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return table
