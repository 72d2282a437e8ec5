"""Photos on which a network raises, hangs, or takes the process or the device with it."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from PIL import Image

from tests.live_server import Site, serving
from tests.skuapi.edge import PREDICT, Edge, copy_of, encoded, text

LEASE = 4.0
KEY = "beta"
BROKEN_OFF = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


@pytest.fixture(scope="module")
def evil(
    populated: tuple[Site, dict[str, str]], photo: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Edge]:
    site, keys = populated
    copy = copy_of(site, tmp_path_factory.mktemp("evil"), RESERVATION_LEASE=str(LEASE))
    with serving(copy, app="tests.skuapi.evil_wsgi:application") as url:
        edge = Edge(url, copy, keys, photo)
        until_answering(edge)
        yield edge


def coloured(what: str, size: tuple[int, int] = (320, 240)) -> str:
    """A photo on which the detector of this service does that."""
    from tests.skuapi.evil_wsgi import COLOURS

    return text(encoded(Image.new("RGB", size, COLOURS[what]), "PNG"))


def until_answering(edge: Edge, seconds: float = 60) -> None:
    """Sends good photos until one is read: a process that has died is started again meanwhile."""
    end, status = time.monotonic() + seconds, None
    while status != 200:
        assert time.monotonic() < end, f"the service has not healed: {status}\n{edge.log[-3000:]}"
        try:
            status = edge.predict(KEY, det_conf=0.99).status_code
        except BROKEN_OFF:
            time.sleep(0.1)


def outcome(edge: Edge, what: str) -> tuple[int, str] | None:
    """Status and code; None when the connection broke off."""
    try:
        response = edge.predict(KEY, image=coloured(what), return_annotated=False)
    except BROKEN_OFF:
        return None
    return response.status_code, response.json().get("code", "")


def in_flight(edge: Edge) -> int:
    return int(edge.get("/api/v1/usage", KEY).json()["in_flight"])


def test_a_photo_that_kills_the_process_twice_is_refused_the_third_time(evil: Edge) -> None:
    outcomes = []
    for _ in range(3):
        outcomes.append(outcome(evil, "crashes"))
        until_answering(evil)
    assert outcomes == [None, None, (400, "image_refused")]


def test_what_a_crash_has_reserved_comes_back(evil: Edge) -> None:
    time.sleep(LEASE)
    assert in_flight(evil) == 0


def test_a_photo_on_which_a_network_hangs_is_a_503_and_the_service_heals(evil: Edge) -> None:
    before = evil.used(KEY)
    assert outcome(evil, "hangs") == (503, "engine_offline")
    until_answering(evil)
    assert evil.used(KEY) == before + 1
    assert "this process ends" in evil.log


def test_a_device_that_disappears_is_a_503_and_the_service_heals(evil: Edge) -> None:
    assert outcome(evil, "loses_device") == (503, "engine_offline")
    until_answering(evil)


def test_a_photo_on_which_a_network_raises_is_a_500_that_costs_nothing(evil: Edge) -> None:
    before = evil.used(KEY)
    assert outcome(evil, "raises") == (500, "internal_error")
    assert (evil.used(KEY), in_flight(evil)) == (before, 0)


def test_two_thousand_products_are_answered(evil: Edge) -> None:
    fields = evil.fields(image=coloured("crowded"), sku_conf=0, det_conf=0.1)
    body = requests.post(evil.url + PREDICT, json=fields, headers={"X-API-Key": evil.keys[KEY]}, timeout=60).json()
    assert len(body["detections"]) == 2000


def test_a_client_that_hangs_up_is_not_billed_and_holds_nothing(evil: Edge) -> None:
    """Long before its photo has been read."""
    before, address = evil.used(KEY), urlsplit(evil.url)
    body = json.dumps(evil.fields(image=coloured("slow"))).encode()
    head = (
        f"POST {PREDICT} HTTP/1.1\r\nHost: {address.netloc}\r\nX-API-Key: {evil.keys[KEY]}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((address.hostname, address.port), 20) as client:
        client.sendall(head.encode() + body)
        while in_flight(evil) == 0:
            time.sleep(0.02)
    began = time.monotonic()
    while in_flight(evil):
        assert time.monotonic() - began < 20
        time.sleep(0.05)
    assert time.monotonic() - began < 2.5, "its unit was held until the photo had been read"
    assert evil.used(KEY) == before


def test_a_log_of_what_died_is_no_photo(evil: Edge) -> None:
    kept = [path.name for path in (Path(evil.site.folder) / "suspects" / "strikes").iterdir()]
    assert all(len(name) == 64 for name in kept)
