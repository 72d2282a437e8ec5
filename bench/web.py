"""The web layer over HTTP: the client's wall time less the stages that are image work (Server-Timing)."""

import base64
import re
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import requests

from bench.releases import DEMO
from tests.live_server import Site, serving


@dataclass(frozen=True)
class WebRow:
    """Milliseconds over all requests: median and 95th percentile of what is not image work."""

    requests: int
    body_kb: float
    median: float
    p95: float


def measured(photo: bytes, count: int) -> WebRow:
    """One client on a kept-alive connection; predictions without the annotated picture, a stub engine."""
    body = {
        "image": base64.b64encode(photo).decode(),
        "category": "DRINKS",
        "brand": "JORDINA",
        "return_annotated": False,
    }
    with tempfile.TemporaryDirectory() as folder, requests.Session() as session:
        session.headers["X-API-Key"] = _key(site := Site(Path(folder)))
        with serving(site, "bench.stub_wsgi:application") as url:
            times = sorted([_overhead(session, url, body) for _ in range(count + 10)][10:])
    return WebRow(count, len(photo) * 4 / 3000, statistics.median(times), times[int(count * 0.95)])


def _key(site: Site) -> str:
    site.manage("migrate", "--verbosity", "0")
    site.manage("publish_release", str(DEMO), "--activate")
    site.manage("create_tenant", "Bench", "--quota", "1000000")
    return str(site.manage_json("issue_key", "bench")["key"])


def _overhead(session: requests.Session, url: str, body: dict[str, object]) -> float:
    start = time.perf_counter()
    response = session.post(f"{url}/api/v1/predict", json=body, timeout=30)
    wall = (time.perf_counter() - start) * 1000
    response.raise_for_status()
    return wall - sum(map(float, re.findall(r"dur=([\d.]+)", response.headers["Server-Timing"])))
