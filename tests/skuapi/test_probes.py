"""What an orchestrator asks a process: is it alive, and shall it get requests."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.live_server import Site, serving
from tests.skuapi.conftest import OtherEdge
from tests.skuapi.edge import Edge


def until_ready(url: str, seconds: float = 60) -> requests.Response:
    end = time.monotonic() + seconds
    while (response := requests.get(f"{url}/readyz", timeout=10)).status_code != 200 and time.monotonic() < end:
        time.sleep(0.1)
    return response


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_running_service_is_alive_and_ready(edge: Edge, path: str) -> None:
    until_ready(edge.url)
    response = edge.get(path, key=None)
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_a_probe_may_come_over_http_and_by_an_address_that_is_no_host_name(other_edge: OtherEdge) -> None:
    with other_edge(ALLOWED_HOSTS="shop.example", REQUIRE_HTTPS="true") as edge:
        statuses = [
            edge.get(path, key=None, headers={"Host": "10.0.0.7:8000"}).status_code
            for path in ("/healthz", "/api/v1/status")
        ]
    assert statuses == [200, 403]


@pytest.fixture(scope="module")
def preloaded(other_edge: OtherEdge) -> Iterator[Edge]:
    """Has been asked for no prediction yet; one that had to load its model would be a 503."""
    with other_edge(PRELOAD="TINY/NOBODY,TINY/BROKEN,TINY/ONE", LOAD_WAIT="0") as edge:
        assert until_ready(edge.url).status_code == 200
        yield edge


def test_what_is_preloaded_answers_the_first_request_without_loading(preloaded: Edge) -> None:
    assert preloaded.predict(det_conf=0.99).status_code == 200


@pytest.mark.parametrize("told", ["PRELOAD: There is no line TINY/NOBODY", "PRELOAD: TINY/BROKEN@1 cannot be loaded"])
def test_a_name_that_is_no_model_and_a_damaged_one_are_told_and_hold_up_nobody(preloaded: Edge, told: str) -> None:
    assert told in preloaded.log


def test_a_service_is_neither_ready_nor_online_before_everything_is_preloaded(other_edge: OtherEdge) -> None:
    with other_edge(PRELOAD="all") as edge:
        first, states = requests.get(f"{edge.url}/readyz", timeout=10), set[str]()
        end, ready = time.monotonic() + 60, False
        while not ready and time.monotonic() < end:
            state = edge.get("/api/v1/status").json()["gpu_status"]
            ready = requests.get(f"{edge.url}/readyz", timeout=10).status_code == 200
            if not ready:  # nor was it when the state was asked for
                states.add(state)
        last = edge.get("/api/v1/status").json()["gpu_status"]
    assert (first.status_code, first.json()["code"]) == (503, "not_ready")
    assert int(first.headers["Retry-After"]) > 0
    assert (states, last) == ({"warming"}, "online")


def test_that_a_service_is_still_starting_is_no_error_of_its_log(preloaded: Edge) -> None:
    """It was asked all the while it loaded."""
    assert "/readyz" not in preloaded.log


def test_a_service_without_its_tables_is_not_ready_and_says_what_to_run(tmp_path: Path) -> None:
    with serving(Site(tmp_path, {"DEVICE": "cpu"}), ready="/healthz") as url:
        end = time.monotonic() + 60
        while "database" not in (told := requests.get(f"{url}/readyz", timeout=10)).text:
            assert time.monotonic() < end
            time.sleep(0.1)
    assert told.status_code == 503
    assert "manage.py migrate" in told.json()["error"]
