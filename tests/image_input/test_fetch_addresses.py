"""A name is resolved once, all its addresses are checked, and one of those is dialled."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from threading import Event
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from skuapi.fetch import fetch, resolver
from tests.image_input.conftest import Serve
from tests.image_input.hostile_server import HostileServer, body
from tests.image_input.test_address_policy import FORBIDDEN
from tests.image_input.test_fetch import refused

Names = dict[str, list[str]]


def _has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


EVERY_FORBIDDEN = [address for addresses in FORBIDDEN.values() for address in addresses]


@pytest.mark.parametrize("address", [address for address in EVERY_FORBIDDEN if "%" not in address])
def test_a_forbidden_address_in_the_url_gets_no_packet(dialled: list[Any], address: str) -> None:
    refused(f"http://[{address}]/" if ":" in address else f"http://{address}/")
    assert dialled == []


@pytest.mark.parametrize("address", EVERY_FORBIDDEN)
def test_a_name_for_a_forbidden_address_gets_no_packet(names: Names, dialled: list[Any], address: str) -> None:
    names["shop.example"] = [address]
    refused("http://shop.example/")
    assert dialled == []


def test_one_forbidden_address_among_public_ones_forbids_them_all(names: Names, dialled: list[Any]) -> None:
    names["shop.example"] = ["1.1.1.1", "8.8.8.8", "10.0.0.1"]
    refused("https://shop.example/")
    assert dialled == []


@pytest.mark.parametrize(
    "url", ["http://1.1.1.1:8080/", "http://1.1.1.1:443/", "https://1.1.1.1:80/", "http://1.1.1.1:22/"]
)
def test_only_the_standard_port_of_the_scheme_is_dialled(dialled: list[Any], url: str) -> None:
    refused(url)
    assert dialled == []


def test_a_name_that_changes_its_mind_is_asked_only_once(
    serve: Serve, settings: Settings, monkeypatch: pytest.MonkeyPatch, dialled: list[Any]
) -> None:
    """Rebinding: an allowed answer for the check, a forbidden one for a second look."""
    server = serve(body(b"photo"))
    settings.FETCH_ALLOWED_HOSTS = [f"shop.example:{server.port}"]
    asked: list[str] = []

    def look_up(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(0, 0, 0, "", ("127.0.0.1" if len(asked) == 1 else "127.6.6.6", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert fetch(server.url(host="shop.example")) == b"photo"
    assert asked == ["shop.example"]
    assert dialled == [("127.0.0.1", server.port)]


def test_the_server_hears_the_name_and_not_the_address(serve: Serve, settings: Settings, names: Names) -> None:
    server = serve(body(b"photo"))
    settings.FETCH_ALLOWED_HOSTS = [f"shop.example:{server.port}"]
    names["shop.example"] = ["127.0.0.1"]
    fetch(server.url(host="SHOP.example."))
    assert f"Host: shop.example:{server.port}".encode() in server.requests[0]


def test_the_next_address_is_tried_where_one_does_not_answer(
    serve: Serve, settings: Settings, names: Names, dialled: list[Any]
) -> None:
    server = serve(body(b"photo"))
    settings.FETCH_ALLOWED_HOSTS = [f"shop.example:{server.port}"]
    names["shop.example"] = ["127.0.0.9", "127.0.0.1"]
    assert fetch(server.url(host="shop.example")) == b"photo"
    assert dialled == [("127.0.0.9", server.port), ("127.0.0.1", server.port)]


@pytest.fixture
def silent_address(serve: Serve) -> Iterator[tuple[HostileServer, str]]:
    """A server, and an address beside it where nobody answers a connection on the same port."""
    server = serve(body(b"photo"))
    with ExitStack() as opened:
        listener = opened.enter_context(socket.create_server(("127.0.0.9", server.port), backlog=0))
        for _ in range(4):  # a full queue of strangers, so that the next one is left waiting
            stranger = opened.enter_context(socket.socket())
            stranger.setblocking(False)
            stranger.connect_ex(listener.getsockname())
        yield server, "127.0.0.9"


def test_an_address_where_nobody_answers_leaves_time_for_the_next(
    settings: Settings, names: Names, silent_address: tuple[HostileServer, str]
) -> None:
    server, silent = silent_address
    settings.FETCH_ALLOWED_HOSTS, settings.FETCH_TIMEOUT = [f"shop.example:{server.port}"], 2.0
    names["shop.example"] = [silent, "127.0.0.1"]
    assert fetch(server.url(host="shop.example")) == b"photo"


def test_addresses_where_nobody_answers_are_left_when_the_time_is_up(
    settings: Settings, names: Names, silent_address: tuple[HostileServer, str]
) -> None:
    server, silent = silent_address
    settings.FETCH_ALLOWED_HOSTS, settings.FETCH_TIMEOUT = [f"shop.example:{server.port}"], 0.4
    names["shop.example"] = [silent]
    started = time.monotonic()
    refused(server.url(host="shop.example"))
    assert time.monotonic() - started < 4


@pytest.mark.skipif(not _has_ipv6(), reason="no IPv6 on this machine")
def test_a_host_of_the_own_network_may_have_an_ipv6_address(settings: Settings) -> None:
    server = HostileServer(body(b"photo"), address="::1")
    settings.FETCH_ALLOWED_HOSTS = [f"[::1]:{server.port}"]
    assert fetch(server.url(host="[0:0:0:0:0:0:0:1]")) == b"photo"
    assert f"Host: [::1]:{server.port}".encode() in server.requests[0]
    server.close()


@pytest.mark.parametrize("addresses", [None, []])
def test_a_name_without_an_address_is_refused(names: Names, addresses: list[str] | None) -> None:
    if addresses is not None:
        names["shop.example"] = addresses
    refused("http://shop.example/")


@pytest.fixture
def hanging_lookups(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A name service that answers nobody before the test is over; the names it was asked for."""
    over, asked = Event(), []

    def look_up(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        over.wait(20)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield asked
    over.set()


def test_a_name_service_that_hangs_is_not_waited_for(settings: Settings, hanging_lookups: list[str]) -> None:
    settings.FETCH_TIMEOUT = 0.2
    started = time.monotonic()
    refused("http://shop.example/")
    assert time.monotonic() - started < 4
    assert hanging_lookups == ["shop.example"]


def test_lookups_that_hang_do_not_pile_up(settings: Settings, hanging_lookups: list[str]) -> None:
    settings.FETCH_TIMEOUT = 0.01
    for _ in range(resolver.MAX_LOOKUPS + 8):
        refused("http://shop.example/")
    assert len(hanging_lookups) <= resolver.MAX_LOOKUPS


@pytest.mark.parametrize("entry", ["127.0.0.1:{port}", " 127.0.0.1:{port} "])
def test_an_operator_opens_a_host_with_its_port(serve: Serve, settings: Settings, entry: str) -> None:
    server = serve(body(b"photo"))
    settings.FETCH_ALLOWED_HOSTS = [entry.format(port=server.port)]
    assert fetch(server.url()) == b"photo"


@pytest.mark.parametrize("entry", ["127.0.0.1", "127.0.0.1:80", "127.0.0.2:{port}", "localhost:{port}", "[::1]:{port}"])
def test_an_entry_opens_no_other_host_and_no_other_port(
    serve: Serve, settings: Settings, dialled: list[Any], entry: str
) -> None:
    server = serve(body(b"photo"))
    settings.FETCH_ALLOWED_HOSTS = [entry.format(port=server.port)]
    refused(server.url())
    assert dialled == []


def test_an_entry_without_a_port_opens_the_standard_ports(settings: Settings, names: Names, dialled: list[Any]) -> None:
    settings.FETCH_ALLOWED_HOSTS, settings.FETCH_TIMEOUT = ["Intranet.example"], 0.5
    names["intranet.example"] = ["127.0.0.77"]
    for url in ("http://intranet.example/", "https://intranet.example/", "http://intranet.example:8080/"):
        refused(url)
    assert [address for address in dialled if address[0] == "127.0.0.77"] == [("127.0.0.77", 80), ("127.0.0.77", 443)]


@pytest.mark.parametrize("entry", ["http://intranet/", "in tranet", "intranet:port", "user@intranet", "::1", "0x7f.1"])
def test_an_entry_that_cannot_be_read_names_the_setting(settings: Settings, entry: str) -> None:
    settings.FETCH_ALLOWED_HOSTS = [entry]
    with pytest.raises(ImproperlyConfigured, match="FETCH_ALLOWED_HOSTS"):
        fetch("http://example.invalid/")
