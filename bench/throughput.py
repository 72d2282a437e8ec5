"""`python -m bench.throughput`: requests a second through the web layer with a stub engine, as wrk counts them.

With a photo that costs nothing, and with the demo's, which the web layer decodes. One process is what has an engine of
its own; several are what a web host before replicas runs (`--processes 2 --database URL --redis URL`)."""

import argparse
import base64
import io
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from bench.report import markdown
from bench.served import PREDICT, Service, body_of, service

DEMO_PHOTO = Path(__file__).parent.parent / "demo" / "photos" / "shelf.jpg"
AIM = 250
CLIENTS = 8
SCRIPT = """
wrk.method = "POST"
local file = io.open("{body}", "rb")
wrk.body = file:read("*a")
wrk.headers["Content-Type"] = "application/json"
wrk.headers["X-API-Key"] = "{key}"
"""


@dataclass(frozen=True)
class Row:
    """others: answers that were none of 200."""

    processes: int
    photo: str
    clients: int
    per_second: float
    median_ms: float
    p99_ms: float
    others: int


def thumbnail() -> bytes:
    """So small that decoding it is nothing: what is left is the web layer alone."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), "firebrick").save(buffer, "JPEG")
    return buffer.getvalue()


def measured(running: Service, processes: int, name: str, photo: bytes, clients: int, seconds: int) -> Row:
    _wrk(running, photo, clients, 3)  # warms up
    told = _wrk(running, photo, clients, seconds)
    others = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    rate = float(_told(r"Requests/sec:\s+([\d.]+)", told))
    median, p99 = _milliseconds("50%", told), _milliseconds("99%", told)
    return Row(processes, name, clients, rate, median, p99, int(others[1]) if others else 0)


def _wrk(running: Service, photo: bytes, clients: int, seconds: int) -> str:
    with tempfile.TemporaryDirectory() as folder:
        body, script = Path(folder, "body.json"), Path(folder, "post.lua")
        body.write_bytes(body_of(base64.b64encode(photo).decode(), annotated=False))
        script.write_text(SCRIPT.format(body=body, key=running.keys["bench"]))
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", "-s", str(script), running.url + PREDICT]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 60).stdout


def _told(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found[1]


def _milliseconds(share: str, text: str) -> float:
    number, unit = re.findall(rf"{share}\s+([\d.]+)(us|ms|s)", text)[0]
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def table(rows: list[Row]) -> str:
    headings = ("processes", "photo", "clients", f"requests a second (aim {AIM})", "median, ms", "p99, ms", "not 200")
    return markdown(headings, [_shown(row) for row in rows])


def _shown(row: Row) -> tuple[str, ...]:
    figures = (f"{number:.1f}" for number in (row.per_second, row.median_ms, row.p99_ms))
    return str(row.processes), row.photo, str(row.clients), *figures, str(row.others)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.throughput", description=__doc__)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--database", default="", help="the URL of an empty PostgreSQL database; SQLite without it")
    parser.add_argument("--redis", default="", help="the URL of a Redis")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        parser.exit(1, "wrk is not installed; it comes with Debian's package of that name\n")
    photos = {"64x64": thumbnail(), "demo photo": DEMO_PHOTO.read_bytes()}
    shared = {"DATABASE_URL": options.database, "REDIS_URL": options.redis}
    settings = {name: value for name, value in shared.items() if value}
    if options.processes > 1:  # as a web host before replicas: the stub takes their place as well
        settings["INFERENCE_BACKEND"] = "ray"
    with service("stub", 0, LOG_LEVEL="INFO", WEB_PROCESSES=str(options.processes), **settings) as running:
        print(table([
            measured(running, options.processes, name, photo, clients, options.seconds)
            for name, photo in photos.items()
            for clients in (1, CLIENTS)
        ]))  # fmt: skip
