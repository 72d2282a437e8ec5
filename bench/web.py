"""The web layer over HTTP: the client's wall time less the stages that are image work (Server-Timing)."""

import base64
import http.client
import json
import re
import statistics
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.releases import DEMO
from tests.live_server import Site, serving


@dataclass(frozen=True)
class WebRow:
    """Milliseconds over all requests: median and 95th percentile of what is not image work."""

    photo: str
    body_kb: float
    requests: int
    median: float
    p95: float


def measured(photos: Mapping[str, bytes], count: int) -> list[WebRow]:
    """One client on a kept-alive connection; predictions without the annotated picture, a stub engine."""
    with tempfile.TemporaryDirectory() as folder:
        key = _key(site := Site(Path(folder)))
        with serving(site, app="bench.stub_wsgi:application") as url:
            return [_row(url, key, name, photo, count) for name, photo in photos.items()]


def _key(site: Site) -> str:
    site.manage("migrate", "--verbosity", "0")
    site.manage("publish_release", str(DEMO), "--activate")
    site.manage("create_tenant", "Bench", "--quota", "1000000")
    return str(site.manage_json("issue_key", "bench")["key"])


def _row(url: str, key: str, name: str, photo: bytes, count: int) -> WebRow:
    """The body is made beforehand: what a client spends on its own JSON is not the service's."""
    fields = {"category": "DRINKS", "brand": "JORDINA", "return_annotated": False}
    body = json.dumps({"image": base64.b64encode(photo).decode(), **fields}).encode()
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    times = sorted([_overhead(connection, key, body) for _ in range(count + 10)][10:])
    connection.close()
    return WebRow(name, len(body) / 1000, count, statistics.median(times), times[int(count * 0.95)])


def _overhead(connection: http.client.HTTPConnection, key: str, body: bytes) -> float:
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    start = time.perf_counter()
    connection.request("POST", "/api/v1/predict", body, headers)
    response = connection.getresponse()
    response.read()
    wall = (time.perf_counter() - start) * 1000
    if response.status != 200:
        raise RuntimeError(f"The stub answered {response.status}.")
    return wall - sum(map(float, re.findall(r"dur=([\d.]+)", response.headers["Server-Timing"])))
