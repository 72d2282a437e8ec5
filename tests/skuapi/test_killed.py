"""Processes that die: a unit whose request died with its process comes back, one that stops loses nothing."""

import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import requests

from tests.live_server import Site, serving
from tests.skuapi.edge import Edge, copy_of
from tests.skuapi.roboflow.client import Client

LEASE = 4.0
CLIENTS = 24
KEY = "beta"


@dataclass(frozen=True)
class Mortal:
    """A service whose processes are known."""

    edge: Edge
    pid_file: Path

    @property
    def master(self) -> psutil.Process:
        return psutil.Process(int(self.pid_file.read_text()))

    def counters(self) -> tuple[int, int]:
        """used, in_flight: as they stand in the database."""
        query = (
            "SELECT used, in_flight FROM tenants_usagemonth JOIN tenants_tenant ON tenant_id = tenants_tenant.id "
            "WHERE name = ?"
        )
        with sqlite3.connect(self.edge.site.folder / "db.sqlite3") as database:
            used, in_flight = database.execute(query, [KEY]).fetchone()
        return used, in_flight

    def fire(self, clients: ThreadPoolExecutor) -> "list[Future[int | None]]":
        """Predictions; returns once some of them hold a unit."""
        asked = [clients.submit(self._status) for _ in range(CLIENTS)]
        end = time.monotonic() + 30
        while self.counters()[1] < 3 and time.monotonic() < end:
            time.sleep(0.002)
        return asked

    def _status(self) -> int | None:
        try:
            return self.edge.predict(KEY).status_code
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):  # before, or amid its body
            return None


@pytest.fixture(scope="module")
def mortal(
    populated: tuple[Site, dict[str, str]], photo: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mortal]:
    site, keys = populated
    copy = copy_of(site, tmp_path_factory.mktemp("mortal"), RESERVATION_LEASE=str(LEASE))
    pid_file = copy.folder / "pid"
    with serving(copy, "--pid", str(pid_file)) as url:
        yield Mortal(Edge(url, copy, keys, photo), pid_file)


def test_units_of_a_killed_process_come_back_after_the_lease_and_the_service_goes_on(mortal: Mortal) -> None:
    assert mortal.edge.predict(KEY).status_code == 200
    before = mortal.edge.used(KEY)
    with ThreadPoolExecutor(CLIENTS) as clients:
        asked = mortal.fire(clients)
        for worker in mortal.master.children():
            worker.kill()
        lost = mortal.counters()[1]
        delivered = [future.result() for future in asked].count(200)
    assert lost > 0, "nothing was in flight: the kill came too late"
    time.sleep(LEASE)
    usage = mortal.edge.get("/api/v1/usage", KEY).json()
    assert (usage["in_flight"], usage["remaining"]) == (0, usage["limit"] - usage["used"])
    assert delivered <= usage["used"] - before <= CLIENTS - lost + 1
    assert mortal.edge.predict(KEY).status_code == 200


def test_units_of_a_list_whose_process_is_killed_are_billed_whole_or_not_at_all(mortal: Mortal) -> None:
    client, before, images = Client(mortal.edge), mortal.counters()[0], 6
    assert client.infer(key=KEY).status_code == 200

    def ask() -> int | None:
        try:
            return client.infer(key=KEY, image=[client.image] * images).status_code
        except requests.RequestException:
            return None

    with ThreadPoolExecutor(CLIENTS) as clients:
        asked = [clients.submit(ask) for _ in range(CLIENTS)]
        end = time.monotonic() + 30
        while mortal.counters()[1] < images and time.monotonic() < end:
            time.sleep(0.002)
        for worker in mortal.master.children():
            worker.kill()
        delivered = [future.result() for future in asked].count(200)
    time.sleep(LEASE)
    usage = mortal.edge.get("/api/v1/usage", KEY).json()
    billed = usage["used"] - before - 1
    assert (usage["in_flight"], billed % images) == (0, 0)
    assert delivered * images <= billed <= CLIENTS * images


def test_a_service_that_is_told_to_stop_ends_what_it_has_begun(mortal: Mortal) -> None:
    """After the test above, because nobody serves here any more when it is over."""
    before, _ = mortal.counters()
    with ThreadPoolExecutor(CLIENTS) as clients:
        asked = mortal.fire(clients)
        master = mortal.master
        master.send_signal(signal.SIGTERM)
        delivered = [future.result() for future in asked].count(200)
        psutil.wait_procs([master], 30)
    assert delivered >= 3
    assert mortal.counters() == (before + delivered, 0)
