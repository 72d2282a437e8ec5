"""Requests that race for the last units over HTTP: exactly as many are granted as there are."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import requests

from tests.skuapi.conftest import OtherEdge
from tests.skuapi.edge import PREDICT, Edge, encoded, text
from tests.skuapi.roboflow.client import SKUS, Client
from tests.tiny_release import photo

CLIENTS = 48


@pytest.fixture(scope="module")
def cramped(other_edge: OtherEdge) -> Iterator[Edge]:
    """A queue of two places, so that many requests meet a 503 and come again."""
    with other_edge(QUEUE_SIZE="2", LOG_LEVEL="ERROR") as edge:
        assert edge.predict().status_code == 200
        yield replace(edge, photo=text(encoded(photo(64, 48))))


def repeated(session: requests.Session, edge: Edge, key: str, seen: Counter[int]) -> requests.Response:
    """Sends one request until it is answered with something else than a 503."""
    while True:
        fields = edge.fields(det_conf=0.99, return_annotated=False)
        response = session.post(edge.url + PREDICT, json=fields, headers={"X-API-Key": edge.keys[key]}, timeout=60)
        seen[response.status_code] += 1
        if response.status_code != 503:
            return response
        time.sleep(0.02)


def fire(edge: Edge, key: str, count: int) -> tuple[list[requests.Response], Counter[int]]:
    local, seen = threading.local(), Counter[int]()

    def one(_: int) -> requests.Response:
        if not hasattr(local, "session"):
            local.session = requests.Session()
        return repeated(local.session, edge, key, seen)

    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(one, range(count))), seen


def test_a_thousand_requests_at_a_quota_of_a_hundred_are_granted_exactly_a_hundred(cramped: Edge) -> None:
    answers, seen = fire(cramped, "hundred", 1000)
    assert Counter(answer.status_code for answer in answers) == {200: 100, 429: 900}
    assert seen[503] > 0, "no request met a full queue: the race was not run"
    usage = cramped.get("/api/v1/usage", "hundred").json()
    assert (usage["used"], usage["in_flight"], usage["remaining"]) == (100, 0, 0)


def test_a_full_queue_is_a_503_at_once_with_the_seconds_to_wait(cramped: Edge) -> None:
    with ThreadPoolExecutor(16) as clients:
        answers = list(clients.map(lambda _: cramped.predict(return_annotated=False), range(48)))
    refused = [answer for answer in answers if answer.status_code != 200]
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(503, "queue_full")}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in refused)


def test_roboflows_clients_are_told_of_a_full_queue_in_their_shape_and_billed_for_what_is_answered(
    cramped: Edge,
) -> None:
    client, before = Client(cramped), cramped.used("beta")
    with ThreadPoolExecutor(16) as clients:
        answers = list(clients.map(lambda _: client.hosted(SKUS, key="beta"), range(48)))
    refused = [answer for answer in answers if answer.status_code != 200]
    assert {(answer.status_code, tuple(answer.json())) for answer in refused} == {(503, ("message",))}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in refused)
    assert cramped.used("beta") == before + len(answers) - len(refused)


@pytest.mark.parametrize("key", ["one_c", "one_d"])
def test_of_two_requests_racing_for_the_last_unit_exactly_one_gets_it(cramped: Edge, key: str) -> None:
    answers, _ = fire(cramped, key, 2)
    assert sorted(answer.status_code for answer in answers) == [200, 429]


def test_every_granted_answer_has_a_number_of_its_own(cramped: Edge) -> None:
    answers, _ = fire(cramped, "five", 30)
    used = [int(answer.headers["X-RateLimit-Used"]) for answer in answers if answer.status_code == 200]
    assert sorted(used) == [1, 2, 3, 4, 5]


def test_remaining_never_counts_a_unit_that_is_in_flight(cramped: Edge) -> None:
    answers, _ = fire(cramped, "counted", 40)
    for answer in answers:
        limit, used, remaining = (int(answer.headers[f"X-RateLimit-{name}"]) for name in ("Limit", "Used", "Remaining"))
        assert 0 <= remaining <= limit - used
