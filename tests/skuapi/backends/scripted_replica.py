"""A replica over real HTTP that follows a script."""

import json
import socket
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

from inference.asker import NOBODY, Asker
from inference.manifest import ModelSet
from inference.results import Facing, Options, Reading
from skuapi.backends.remote import RemoteBackend
from skuapi.photo import Photo
from skuapi.wire import replica
from tests import tiny_release

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


PHOTO = Photo(b"the bytes of a photo", "0" * 64, tiny_release.photo())


def read(backend: RemoteBackend, models: ModelSet, seconds: float = 10, asker: Asker = NOBODY) -> Reading:
    return backend.read(models, PHOTO, Options(0.4, 0.3), time.monotonic() + seconds, asker)
