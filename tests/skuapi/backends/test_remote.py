"""What comes of a photo when replicas, and what lies between, answer well, badly, late or not at all."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from inference import errors
from inference.asker import NOBODY, Asker
from inference.engine_status import EngineStatus
from inference.image_errors import ImageRefused
from inference.manifest import ModelSet, loads
from inference.results import Facing, Options, Reading
from skuapi.backends.remote import RemoteBackend
from skuapi.photo import Photo
from skuapi.wire import replica
from tests import tiny_release
from tests.live_server import free_port

READING = Reading("TINY/ONE@1", ("A", "Ä"), (Facing(1, "Ä", 0.75, 0.5, (1, 2, 3, 4)),), (320, 240), {"detect": 1.5})
Script = Callable[["Replica"], None]


def says(document: object, status: int = 200) -> Script:
    def answer(handler: "Replica") -> None:
        handler.reply(status, json.dumps(document).encode())

    return answer


def plainly(status: int, text: str = "") -> Script:
    return lambda handler: handler.reply(status, text.encode())


def break_off(handler: "Replica") -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def break_off_in_the_middle(handler: "Replica") -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"{")
    break_off(handler)


def close_politely(handler: "Replica") -> None:
    handler.close_connection = True
    handler.send_response(500)
    handler.send_header("Content-Length", "0")
    handler.send_header("Connection", "close")
    handler.end_headers()


def hang(handler: "Replica") -> None:
    time.sleep(2)
    break_off(handler)


GOOD = says(replica.encode_reading(READING))


class Replica(BaseHTTPRequestHandler):
    """Follows a script, a step for each request; the last step is repeated."""

    protocol_version = "HTTP/1.1"
    script: list[Script]
    asked: list[tuple[replica.Ask, bytes]]
    connections: set[object]

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((replica.decode_ask(self.headers[replica.ASK_HEADER]), data))
        self.connections.add(self.client_address)
        step = self.script[0] if len(self.script) == 1 else self.script.pop(0)
        step(self)

    def do_GET(self) -> None:
        self.script[0](self)

    def reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


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


def patient(served: type[Replica]) -> RemoteBackend:
    return RemoteBackend(f"http://127.0.0.1:{served.port}", patience=10)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def models(tiny_bundle: Path) -> ModelSet:
    manifest = loads((tiny_bundle / "manifest.json").read_bytes())
    return ModelSet("TINY/ONE@1", manifest.digest(), manifest)


PHOTO = Photo(b"the bytes of a photo", "0" * 64, tiny_release.photo())


def read(backend: RemoteBackend, models: ModelSet, seconds: float = 10, asker: Asker = NOBODY) -> Reading:
    return backend.read(models, PHOTO, Options(0.4, 0.3), time.monotonic() + seconds, asker)


def test_a_reading_arrives_as_it_was(backend: RemoteBackend, models: ModelSet) -> None:
    assert read(backend, models) == READING


def test_a_replica_is_told_everything_it_needs(backend: RemoteBackend, models: ModelSet, served: type[Replica]) -> None:
    read(backend, models, 10, Asker("tenant 7"))
    ((ask, data),) = served.asked
    assert (ask.mode, ask.release, ask.digest, ask.flow) == ("shelf", models.name, models.digest, "tenant 7")
    assert (ask.options, data) == (Options(0.4, 0.3), PHOTO.data)
    assert 9 < ask.seconds <= 10


@pytest.mark.parametrize(("mode", "call"), [("product", "read_product"), ("idle", "read_when_idle")])
def test_other_ways_to_read_are_named(
    backend: RemoteBackend, models: ModelSet, served: type[Replica], mode: str, call: str
) -> None:
    options = [Options()] if mode == "idle" else []
    getattr(backend, call)(models, PHOTO, *options, time.monotonic() + 10)
    assert served.asked[0][0].mode == mode


def test_connections_are_kept(backend: RemoteBackend, models: ModelSet, served: type[Replica]) -> None:
    for _ in range(5):
        read(backend, models)
    assert len(served.connections) == 1


@pytest.mark.parametrize(
    "error",
    [
        errors.ReleaseRefused("damaged"),
        errors.ModelLoading("loading"),
        errors.QueueFull("full"),
        errors.DeadlineExceeded("late"),
        errors.OutOfMemory("large"),
        errors.InvalidOutput("NaN"),
        ImageRefused("twice"),
    ],
)
def test_what_a_replica_raises_is_raised_here_and_asked_once(
    backend: RemoteBackend, models: ModelSet, served: type[Replica], error: Exception
) -> None:
    served.script = [says(replica.encode_failure(error))]
    with pytest.raises(type(error), match=str(error)):
        read(backend, models)
    assert len(served.asked) == 1


def test_an_error_that_nobody_foresaw_in_a_replica_is_an_error_here(
    backend: RemoteBackend, models: ModelSet, served: type[Replica]
) -> None:
    served.script = [says(replica.encode_failure(KeyError("x")))]
    with pytest.raises(replica.ReplicaFailed):
        read(backend, models)


@pytest.mark.parametrize(
    "failing",
    [
        break_off,
        break_off_in_the_middle,
        close_politely,
        plainly(500, "The actor died"),
        plainly(503),
        plainly(404, "Path '/predict' not found."),
        plainly(408),
        says(replica.encode_failure(errors.EngineOffline("lost"))),
    ],
)
def test_what_dies_on_the_way_is_asked_again(
    backend: RemoteBackend, models: ModelSet, served: type[Replica], failing: Script
) -> None:
    served.script = [failing, failing, GOOD]
    assert read(backend, models) == READING
    assert len(served.asked) == 3


@pytest.mark.parametrize(
    ("failing", "error"),
    [
        (break_off, errors.InvalidOutput),
        (plainly(500, "The actor died"), errors.InvalidOutput),
        (says(replica.encode_failure(errors.EngineOffline("lost"))), errors.EngineOffline),
    ],
)
def test_a_photo_that_stops_whoever_reads_it_stops_three_replicas_at_most(
    served: type[Replica], models: ModelSet, failing: Script, error: type[Exception]
) -> None:
    served.script = [failing]
    with pytest.raises(error):
        read(patient(served), models)
    assert len(served.asked) == 3


@pytest.mark.parametrize("none_ready", [plainly(503), plainly(404, "Path '/predict' not found.")])
def test_what_no_replica_has_in_hand_is_asked_as_often_as_it_takes(
    served: type[Replica], models: ModelSet, none_ready: Script
) -> None:
    served.script = [none_ready, none_ready, none_ready, none_ready, GOOD]
    assert read(patient(served), models) == READING


def test_ray_without_an_application_is_no_replica_ready(
    backend: RemoteBackend, models: ModelSet, served: type[Replica]
) -> None:
    served.script = [plainly(404, "Path '/predict' not found.")]
    with pytest.raises(errors.EngineOffline):
        read(backend, models, seconds=1)


def test_a_replica_that_dies_until_the_deadline_is_a_bad_gateway(
    backend: RemoteBackend, models: ModelSet, served: type[Replica]
) -> None:
    served.script = [break_off]
    with pytest.raises(errors.InvalidOutput, match="stopped"):
        read(backend, models, seconds=0.1)


def test_with_none_ready_the_wait_is_no_longer_than_the_patience(models: ModelSet) -> None:
    began = time.monotonic()
    with pytest.raises(errors.EngineOffline):
        read(RemoteBackend(f"http://127.0.0.1:{free_port()}", patience=0.3), models)
    assert time.monotonic() - began < 5


def test_replicas_that_can_queue_no_more_are_a_full_queue_at_once(
    backend: RemoteBackend, models: ModelSet, served: type[Replica]
) -> None:
    served.script = [plainly(503, "Request dropped due to backpressure (num_queued_requests=64)")]
    with pytest.raises(errors.QueueFull):
        read(backend, models)
    assert len(served.asked) == 1


def test_what_is_not_answered_in_time_is_too_late(
    backend: RemoteBackend, models: ModelSet, served: type[Replica]
) -> None:
    served.script = [hang]
    with pytest.raises(errors.DeadlineExceeded):
        read(backend, models, seconds=0.3)


def test_who_has_hung_up_is_waited_for_no_longer(
    backend: RemoteBackend, models: ModelSet, served: type[Replica]
) -> None:
    served.script = [hang]
    with pytest.raises(errors.ClientGone):
        read(backend, models, 10, Asker(gone=lambda: True))


def test_status_is_the_replicas_with_the_address_and_the_way_there(
    backend: RemoteBackend, served: type[Replica]
) -> None:
    served.script = [says(replica.encode_status(EngineStatus("online", "inproc://cuda:0", "bfloat16", 0.1)))]
    status = backend.status()
    assert (status.state, status.endpoint, status.precision) == ("online", backend.url, "bfloat16")
    assert status.round_trip_ms is not None
    assert status.round_trip_ms > 0.1


@pytest.mark.parametrize(("script", "state"), [(plainly(503), "warming"), (plainly(500), "offline")])
def test_status_without_a_replica_is_no_error(
    backend: RemoteBackend, served: type[Replica], script: Script, state: str
) -> None:
    served.script = [script]
    assert (backend.status().state, backend.not_ready()) == (state, f"The replicas at {backend.url} are {state}.")
