"""At most three redirects, each held to the rules of the first address."""

from typing import Any

import pytest
from pytest_django import Settings

from skuapi.fetch import fetch
from tests.image_input.conftest import Serve
from tests.image_input.hostile_server import Client, HostileServer, body, redirect
from tests.image_input.test_fetch import refused


def _countdown(client: Client, head: bytes, status: int = 302) -> None:
    """`/3` leads to `/2`, and so on down to the photo at `/0`."""
    left = int(head.split()[1].strip(b"/"))
    if left:
        client.send(redirect(f"/{left - 1}", status))
    else:
        body(b"photo")(client)


def _chain(serve: Serve, status: int = 302) -> HostileServer:
    return serve(lambda client: _countdown(client, client.head(), status), reads_head=False)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_up_to_three_redirects_are_followed(serve: Serve, count: int) -> None:
    assert fetch(_chain(serve).url(f"/{count}")) == b"photo"


def test_the_fourth_is_not(serve: Serve) -> None:
    server = _chain(serve)
    refused(server.url("/4"))
    assert server.connections == 4


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_kind_of_redirect_is_followed(serve: Serve, status: int) -> None:
    assert fetch(_chain(serve, status).url("/1")) == b"photo"


@pytest.mark.parametrize("status", [300, 304, 305, 306, 399])
def test_nothing_else_is(serve: Serve, status: int) -> None:
    refused(_chain(serve, status).url("/1"))


def test_a_loop_ends(serve: Serve) -> None:
    server = serve(lambda client: client.send(redirect("/")))
    refused(server.url())
    assert server.connections == 4


FORBIDDEN = [
    "http://127.0.0.1/", "http://127.0.0.1:{other}/", "http://localhost:{other}/", "http://10.0.0.1/",
    "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:127.0.0.1]:{port}/", "http://2130706433:{port}/", "http://127.1:{port}/", "http://0x7f.1:{port}/",
    "http://user@127.0.0.1:{port}/", "http://1.1.1.1\\@127.0.0.1:{port}/", "//127.0.0.1:{other}/",
    "file:///etc/passwd", "ftp://127.0.0.1:{port}/", "gopher://127.0.0.1:{port}/", "data:image/png;base64,AAAA",
    "http://1.1.1.1:8080/", "https://1.1.1.1:80/", "http://1.1.1.1:443/", "http://[",
]  # fmt: skip


@pytest.mark.parametrize("location", FORBIDDEN)
def test_a_redirect_to_a_forbidden_place_sends_nothing_there(
    serve: Serve, settings: Settings, dialled: list[Any], location: str
) -> None:
    inside = serve(body(b"secret"))

    def send_inside(client: Client) -> None:
        client.send(redirect(location.format(other=inside.port, port=server.port)))

    server: HostileServer = serve(send_inside)
    settings.FETCH_ALLOWED_HOSTS = [f"127.0.0.1:{server.port}"]
    refused(server.url())
    assert dialled == [("127.0.0.1", server.port)]
    assert inside.connections == 0
