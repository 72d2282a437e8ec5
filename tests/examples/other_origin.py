"""An integrator's own page: another origin than the service."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>An integrator's page</title>
<body><input type="file" id="imageInput"><script src="example.js"></script></body></html>"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        return


@contextmanager
def integrators_page(folder: Path, script: str) -> Iterator[str]:
    """Serves a page with the script; yields its origin."""
    (folder / "index.html").write_text(PAGE)
    (folder / "example.js").write_text(script)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
