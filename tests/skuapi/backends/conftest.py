"""A replica that follows a script, and a web host that asks it."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from inference.manifest import ModelSet, loads
from skuapi.backends.remote import RemoteBackend
from tests.skuapi.backends.scripted_replica import GOOD, Replica


@pytest.fixture
def served() -> Iterator[type[Replica]]:
    class Own(Replica):
        script, asked, connections = [GOOD], [], set()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Own)
    server.daemon_threads = True
    Own.port = server.server_port  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield Own
    server.shutdown()
    server.server_close()


@pytest.fixture
def backend(served: type[Replica]) -> RemoteBackend:
    return RemoteBackend(f"http://127.0.0.1:{served.port}", patience=0.4)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def models(tiny_bundle: Path) -> ModelSet:
    manifest = loads((tiny_bundle / "manifest.json").read_bytes())
    return ModelSet("TINY/ONE@1", manifest.digest(), manifest)
