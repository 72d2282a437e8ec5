"""A web server on this machine whose pictures the service may fetch; it counts who asks."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SLOW_SECONDS = 4.0  # before anything below /slow is answered


class PictureHost(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pictures: dict[str, bytes] = {}
        self.hits: Counter[str] = Counter()

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def offer(self, path: str, data: bytes) -> str:
        """The URL under which these bytes are served from now on."""
        self.pictures[path] = data
        return f"http://{self.authority}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: PictureHost

    def do_GET(self) -> None:
        self.server.hits[self.path] += 1
        if self.path.startswith("/slow"):
            time.sleep(SLOW_SECONDS)
        data = self.server.pictures.get(self.path)
        self.send_response(404 if data is None else 200)
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, *args: object) -> None:
        """Tests read no access log."""


@contextmanager
def picture_host() -> Iterator[PictureHost]:
    with PictureHost() as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        yield host
        host.shutdown()
