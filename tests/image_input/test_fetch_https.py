"""The certificate must be valid for the name in the URL, whatever address was dialled."""

import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from skuapi.fetch import fetch
from skuapi.fetch.connection import tls_context
from tests.image_input.conftest import Serve
from tests.image_input.hostile_server import OK, body, redirect
from tests.image_input.test_fetch import refused

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")

Names = dict[str, list[str]]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Of shop.example and of nobody else, signed by itself."""
    folder = tmp_path_factory.mktemp("certificate")
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=shop.example "
        f"-addext subjectAltName=DNS:shop.example -keyout {folder}/key.pem -out {folder}/certificate.pem"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    return folder / "certificate.pem", folder / "key.pem"


@pytest.fixture
def tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture
def trusted(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As an operator adds a private root: to the system's store."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    tls_context.cache_clear()
    yield
    tls_context.cache_clear()


@pytest.fixture
def shop(settings: Settings, names: Names, serve: Serve, tls: ssl.SSLContext) -> str:
    """The URL of a server that has the certificate of shop.example."""
    server = serve(body(b"photo"), tls)
    names["shop.example"] = names["other.example"] = ["127.0.0.1"]
    settings.FETCH_ALLOWED_HOSTS = [f"{host}:{server.port}" for host in ("shop.example", "other.example", "127.0.0.1")]
    return server.url(host="shop.example")


@pytest.mark.usefixtures("trusted")
def test_a_server_with_the_right_certificate_is_read(shop: str) -> None:
    assert fetch(shop) == b"photo"


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("host", ["other.example", "127.0.0.1"])
def test_a_server_with_a_certificate_for_another_name_is_refused(shop: str, host: str) -> None:
    refused(shop.replace("shop.example", host))


def test_a_server_with_a_certificate_that_nobody_vouches_for_is_refused(shop: str) -> None:
    refused(shop)


@pytest.mark.usefixtures("trusted")
def test_the_server_is_told_the_name_before_the_handshake(shop: str, tls: ssl.SSLContext) -> None:
    heard: list[str | None] = []
    tls.sni_callback = lambda _sock, name, _context: heard.append(name)
    fetch(shop)
    assert heard == ["shop.example"]


@pytest.mark.usefixtures("trusted")
def test_a_redirect_may_lead_to_https_and_is_verified_there(shop: str, serve: Serve, settings: Settings) -> None:
    opened = settings.FETCH_ALLOWED_HOSTS
    right = serve(lambda client: client.send(redirect(shop)))
    wrong = serve(lambda client: client.send(redirect(shop.replace("shop.", "other."))))
    settings.FETCH_ALLOWED_HOSTS = [*opened, f"127.0.0.1:{right.port}", f"127.0.0.1:{wrong.port}"]
    assert fetch(right.url()) == b"photo"
    refused(wrong.url())


@pytest.mark.parametrize("greeting", [b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", b""])
def test_a_handshake_that_trickles_is_dropped_when_the_time_is_up(
    serve: Serve, settings: Settings, greeting: bytes
) -> None:
    server = serve(
        lambda client: (client.send(greeting), client.drip(iter(lambda: b"\0", b""), 0.05)), reads_head=False
    )
    settings.FETCH_TIMEOUT = 0.4
    started = time.monotonic()
    refused(server.url().replace("http:", "https:"))
    assert time.monotonic() - started < 4


@pytest.mark.usefixtures("trusted")
def test_a_body_that_trickles_through_tls_is_dropped_too(
    serve: Serve, settings: Settings, names: Names, tls: ssl.SSLContext
) -> None:
    server = serve(lambda client: (client.send(OK + b"\r\n"), client.drip(iter(lambda: b"x", b""), 0.05)), tls)
    names["shop.example"] = ["127.0.0.1"]
    settings.FETCH_ALLOWED_HOSTS = [f"shop.example:{server.port}"]
    settings.FETCH_TIMEOUT = 0.5
    started = time.monotonic()
    refused(server.url(host="shop.example"))
    assert time.monotonic() - started < 4
