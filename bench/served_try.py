"""A running server whose model lines all answer with the networks that are to be measured."""

import json
import os
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from bench.releases import DEMO
from tests.live_server import Site, serving

PREDICT = "/api/v1/predict"


@dataclass(frozen=True)
class Service:
    """keys: of tenants by their names."""

    url: str
    keys: dict[str, str]


@contextmanager
def service(subject: str, facings: int, tenants: tuple[str, ...] = ("bench",), **settings: str) -> Iterator[Service]:
    """subject: demo, against, full, large, detector or stub; see bench.subject_wsgi."""
    with TemporaryDirectory() as folder:
        own = {"BENCH_SUBJECT": subject, "BENCH_FACINGS": str(facings), "BURST_LIMIT_PER_MINUTE": "1000000"}
        site = Site(Path(folder), {**own, **settings})
        site.activate(DEMO)
        keys = {}
        for name in tenants:
            site.manage("create_tenant", name, "--quota", "100000000")
            keys[name] = str(site.manage_json("issue_key", name)["key"])
        app = "bench.stub_try:application" if subject == "stub" else "bench.subject_wsgi:application"
        with serving(site, app=app) as url:
            yield Service(url, keys)


@dataclass
class Tally:
    """What clients saw. seconds: of each answer, by status; lost: connections that broke off."""

    seconds: dict[int, list[float]] = field(default_factory=dict)
    lost: int = 0
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def note(self, status: int, seconds: float) -> None:
        with self._guard:
            self.seconds.setdefault(status, []).append(seconds)

    def lose(self) -> None:
        with self._guard:
            self.lost += 1

    @property
    def counts(self) -> Counter[int]:
        return Counter({status: len(times) for status, times in self.seconds.items()})

    def percentile(self, status: int, share: float) -> float:
        """Seconds; 0 where there were none."""
        times = sorted(self.seconds.get(status, [0.0]))
        return times[min(len(times) - 1, int(share * len(times)))]

    def median(self, status: int = 200) -> float:
        return statistics.median(self.seconds.get(status, [0.0]))


class Client:
    """One kept-alive connection. timing: the Server-Timing header of its last answer."""

    def __init__(self, service: Service, tenant: str, body: bytes) -> None:
        self._address = urlsplit(service.url).netloc
        self._headers = {"X-API-Key": service.keys[tenant], "Content-Type": "application/json"}
        self._body = body
        self._connection: HTTPConnection | None = None
        self.timing = ""

    def ask(self, tally: Tally) -> int:
        began = time.perf_counter()
        try:
            if self._connection is None:
                self._connection = HTTPConnection(self._address, timeout=120)
            self._connection.request("POST", PREDICT, self._body, self._headers)
            response = self._connection.getresponse()
            response.read()
        except (OSError, HTTPException):
            self._connection = None
            tally.lose()
            return 0
        self.timing = response.headers.get("Server-Timing", "")
        tally.note(response.status, time.perf_counter() - began)
        return response.status


def body_of(image: str, annotated: bool = True) -> bytes:
    """image: in base64."""
    fields = {"category": "DRINKS", "brand": "JORDINA", "return_annotated": annotated}
    return json.dumps({"image": image, **fields}).encode()


def closed_loop(service: Service, body: bytes, clients: int, images: int) -> tuple[Tally, float]:
    """So many clients, each of which asks again as soon as it is answered; the tally, and seconds an image.

    The clock runs from the first answer after everybody has been answered once to the last full round."""
    for _ in range(2):
        Client(service, "bench", body).ask(Tally())  # loads the model, and warms up
    tally, ends, left = Tally(), [], threading.Semaphore(images + clients)

    def work() -> None:
        client = Client(service, "bench", body)
        while left.acquire(blocking=False):
            if client.ask(tally) == 200:
                ends.append(time.perf_counter())

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ends.sort()
    steady = ends[clients - 1 : len(ends) - clients + 1]
    return tally, (steady[-1] - steady[0]) / (len(steady) - 1)


def open_loop(service: Service, tenant: str, body: bytes, rate: float, seconds: float, tally: Tally) -> None:
    """Ask at this rate, whatever is answered: each request on a thread and a connection of its own."""
    began, number, threads = time.perf_counter(), 0, []
    while (due := number / rate) < seconds:
        time.sleep(max(0.0, began + due - time.perf_counter()))
        thread = threading.Thread(target=Client(service, tenant, body).ask, args=(tally,))
        thread.start()
        threads.append(thread)
        number += 1
    for thread in threads:
        thread.join()


def cores() -> int:
    return os.cpu_count() or 1
