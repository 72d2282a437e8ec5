"""What the engine cannot do: 502, 503 and 504, provoked by settings and by real releases."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPResponse
from urllib.parse import urlsplit

import pytest
import requests

from tests.skuapi.conftest import OtherEdge
from tests.skuapi.edge import Edge


@pytest.fixture(scope="module")
def fresh(other_edge: OtherEdge) -> Iterator[Edge]:
    """Just started: nothing is loaded yet."""
    with other_edge() as edge:
        yield edge


def code(response: requests.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_a_network_that_answers_no_numbers_is_a_502(edge: Edge) -> None:
    assert code(edge.predict(brand="OVERFLOW")) == (502, "invalid_output")


def test_the_service_predicts_on_after_a_502(edge: Edge) -> None:
    edge.predict(brand="OVERFLOW")
    assert edge.predict(det_conf=0.99).status_code == 200


def test_a_damaged_release_with_none_before_it_is_a_503_with_the_seconds_to_wait(edge: Edge) -> None:
    response = edge.predict(brand="BROKEN")
    assert code(response) == (503, "model_refused")
    assert int(response.headers["Retry-After"]) > 0


def test_what_is_damaged_is_the_operators_business(edge: Edge) -> None:
    error = edge.predict(brand="BROKEN").json()["error"]
    assert "digest" not in error
    assert "File" not in error


def test_the_release_that_served_before_a_damaged_one_answers_and_is_named(edge: Edge) -> None:
    response = edge.predict(brand="MENDED", det_conf=0.99)
    assert response.status_code == 200
    assert response.headers["X-Model-Release"] == "TINY/MENDED@1"


def test_a_model_that_is_loading_is_a_503_until_it_is_there(other_edge: OtherEdge) -> None:
    with other_edge(LOAD_WAIT="0") as edge:
        first = edge.predict(det_conf=0.99)
        assert code(first) == (503, "model_loading")
        assert int(first.headers["Retry-After"]) > 0
        assert repeated_until_200(edge) == {503, 200}


def repeated_until_200(edge: Edge) -> set[int]:
    statuses, end = {503}, time.monotonic() + 60
    while 200 not in statuses and time.monotonic() < end:
        statuses.add(edge.predict(det_conf=0.99).status_code)
        time.sleep(0.05)
    return statuses


def test_a_service_that_has_just_started_is_warming_or_online(fresh: Edge) -> None:
    response = fresh.get("/api/v1/status")
    assert response.status_code == 200
    assert response.json()["gpu_status"] in ("warming", "online")


@pytest.fixture(scope="module")
def without_device(other_edge: OtherEdge) -> Iterator[Edge]:
    """Asks for an accelerator that this machine has not."""
    with other_edge(DEVICE="cuda:99") as edge:
        yield edge


def test_without_its_device_a_service_is_offline_and_not_warming_for_ever(without_device: Edge) -> None:
    states, end = {"warming"}, time.monotonic() + 60
    while states == {"warming"} and time.monotonic() < end:
        states = {without_device.get("/api/v1/status").json()["gpu_status"]}
        time.sleep(0.1)
    assert states == {"offline"}


def test_without_its_device_a_service_is_alive_and_never_ready(without_device: Edge) -> None:
    """Starting it again would not help; the log and the answer say what does."""
    end = time.monotonic() + 60
    while "cannot start" not in (told := without_device.get("/readyz", key=None)).text:
        assert time.monotonic() < end
        time.sleep(0.1)
    assert told.status_code == 503
    assert without_device.get("/healthz", key=None).status_code == 200


def test_without_its_device_a_prediction_is_a_503_and_the_log_names_the_setting(without_device: Edge) -> None:
    assert code(without_device.predict()) == (503, "engine_offline")
    assert "DEVICE asks for cuda:99" in without_device.log


def test_however_many_requests_wait_for_a_model_all_are_answered(fresh: Edge) -> None:
    """At once, or when they come again as the 503 says."""
    with ThreadPoolExecutor(12) as clients:
        assert list(clients.map(lambda _: repeated_until_200(fresh), range(12))) == [{503, 200}] * 12


@pytest.fixture(scope="module")
def impatient(other_edge: OtherEdge) -> Iterator[Edge]:
    with other_edge(REQUEST_TIMEOUT="0.001", BODY_SILENCE="0.5") as edge:
        yield edge


def test_a_photo_that_cannot_be_read_in_time_is_a_504_that_costs_nothing(impatient: Edge) -> None:
    end = time.monotonic() + 60
    while (response := impatient.predict()).status_code != 504 and time.monotonic() < end:
        time.sleep(0.05)  # its models load first, which is a 503
    assert code(response) == (504, "deadline_exceeded")
    assert impatient.used("alpha") == int(response.headers["X-RateLimit-Used"])
    assert impatient.get("/api/v1/usage").json()["in_flight"] == 0


def test_a_tenant_may_have_less_time_than_the_others(edge: Edge) -> None:
    assert edge.predict().status_code == 200
    assert code(edge.predict("hasty")) == (504, "deadline_exceeded")


def test_the_timeout_is_60_seconds_as_published() -> None:
    from django.conf import settings

    assert settings.REQUEST_TIMEOUT == 60


@pytest.mark.parametrize("framing", ["Content-Length: 100", "Transfer-Encoding: chunked"])
def test_a_client_that_goes_silent_in_its_body_is_told_so_and_holds_no_thread(impatient: Edge, framing: str) -> None:
    address = urlsplit(impatient.url)
    head = f"POST /api/v1/predict HTTP/1.1\r\nHost: {address.netloc}\r\nX-API-Key: {impatient.keys['alpha']}\r\n"
    with socket.create_connection((address.hostname, address.port), 20) as client:
        client.sendall(f"{head}Content-Type: application/json\r\n{framing}\r\n\r\n5".encode())
        answer = HTTPResponse(client)
        answer.begin()
        assert (answer.status, json.load(answer)["code"]) == (400, "invalid_body")


def test_status_answers_200_with_a_real_round_trip(edge: Edge) -> None:
    edge.predict(det_conf=0.99)
    response = edge.get("/api/v1/status")
    body = response.json()
    assert response.status_code == 200
    assert body["gpu_status"] == "online"
    assert body["gpu_endpoint"] == "inproc://cpu"
    assert 0 < body["response_time_ms"] < 5000


@pytest.mark.parametrize("name", ["gpu_status", "gpu_endpoint", "response_time_ms"])
def test_status_has_the_published_fields(edge: Edge, name: str) -> None:
    assert name in edge.get("/api/v1/status").json()
