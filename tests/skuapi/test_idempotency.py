"""`Idempotency-Key` over HTTP: what is sent again is answered again, and billed once."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.skuapi.conftest import OtherEdge
from tests.skuapi.edge import PREDICT, Edge, encoded
from tests.skuapi.named import ask, new, rows, twice
from tests.skuapi.picture_host import PictureHost
from tests.tiny_release import photo


@pytest.fixture(scope="module")
def own(other_edge: OtherEdge) -> Iterator[Edge]:
    with other_edge() as edge:
        yield edge


def test_a_repeated_request_gets_the_same_bytes(own: Edge) -> None:
    first, second = twice(own)
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.content == first.content


def test_a_repeated_request_is_billed_once(own: Edge) -> None:
    before = own.used("alpha")
    twice(own, det_conf=0.99)
    assert own.used("alpha") == before + 1


def test_a_replayed_answer_says_so(own: Edge) -> None:
    first, second = twice(own, det_conf=0.99)
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("name", ["X-Model-Release", "X-API-Version", "X-API-Warnings", "Content-Type"])
def test_a_replayed_answer_has_the_headers_of_the_first(own: Edge, name: str) -> None:
    first, second = twice(own, det_conf=0.99, nonsense=1)
    assert second.headers[name] == first.headers[name]


def test_a_replayed_answer_tells_no_timings_of_work_that_was_not_done(own: Edge) -> None:
    first, second = twice(own, det_conf=0.99)
    assert "Server-Timing" in first.headers
    assert "Server-Timing" not in second.headers


def test_a_replayed_answer_has_the_rate_headers_of_now(own: Edge) -> None:
    name = new()
    ask(own, name, det_conf=0.99)
    own.predict(det_conf=0.99)
    used = own.used("alpha")
    assert int(ask(own, name, det_conf=0.99).headers["X-RateLimit-Used"]) == used


def test_the_same_answer_as_without_the_header(own: Edge) -> None:
    assert ask(own, new(), det_conf=0.99).json() == own.predict(det_conf=0.99).json()


def test_requests_without_the_header_are_billed_each(own: Edge) -> None:
    before = own.used("alpha")
    for _ in range(2):
        assert "Idempotent-Replayed" not in own.predict(det_conf=0.99).headers
    assert own.used("alpha") == before + 2


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"image": ...}, 400, "missing_field"),
        ({"image": "aGVsbG8="}, 400, "image_format_unsupported"),
        ({"brand": "NOBODY"}, 404, "model_not_found"),
    ],
)
def test_a_refusal_of_what_was_asked_is_replayed(own: Edge, changes: dict[str, Any], status: int, code: str) -> None:
    first, second = twice(own, **changes)
    assert (second.status_code, second.json()["code"]) == (status, code)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.content == first.content


@pytest.mark.parametrize("brand", ["OVERFLOW", "BROKEN"])
def test_a_failure_of_the_service_is_not_kept(own: Edge, brand: str) -> None:
    first, second = twice(own, brand=brand)
    assert first.status_code >= 500
    assert "Idempotent-Replayed" not in second.headers


def test_a_used_up_quota_is_not_kept(own: Edge) -> None:
    name = new()
    assert ask(own, name, "exhausted", det_conf=0.99).status_code == 429
    assert rows(own, "SELECT 1 FROM tenants_storedanswer WHERE name = ?", name) == []


def test_the_answer_to_the_last_unit_is_still_found_when_the_quota_is_used_up(own: Edge) -> None:
    name = new()
    assert ask(own, name, "one_a", det_conf=0.99).status_code == 200
    assert own.predict("one_a", det_conf=0.99).status_code == 429
    assert ask(own, name, "one_a", det_conf=0.99).headers["Idempotent-Replayed"] == "true"


def test_a_burst_counts_replayed_answers(own: Edge) -> None:
    name = new()
    answers = [ask(own, name, "burst", det_conf=0.99) for _ in range(7)]  # three a minute, which may turn once
    assert 429 in {answer.status_code for answer in answers}
    assert answers[-1].headers["X-RateLimit-Used"] == "1"


def test_a_picture_that_could_not_be_fetched_is_fetched_again(own: Edge, pictures: PictureHost) -> None:
    name, url = new(), f"http://{pictures.authority}/later.jpg"
    assert ask(own, name, image=url).json()["code"] == "image_url_unusable"
    pictures.offer("/later.jpg", encoded(photo()))
    assert ask(own, name, image=url).status_code == 200


def test_a_picture_is_fetched_once(own: Edge, pictures: PictureHost) -> None:
    url = pictures.offer("/only-once.jpg", encoded(photo()))
    twice(own, image=url, det_conf=0.99)
    assert pictures.hits["/only-once.jpg"] == 1


def test_a_test_keys_answer_is_replayed_and_takes_one_of_its_day(own: Edge) -> None:
    taken = "SELECT test_used FROM tenants_apikey WHERE is_test"
    own.predict("test", det_conf=0.99)
    before = rows(own, taken)[0][0]
    assert twice(own, "test", det_conf=0.99)[1].headers["Idempotent-Replayed"] == "true"
    assert rows(own, taken)[0][0] == before + 1


def test_a_browser_that_sends_a_name_gets_json(own: Edge) -> None:
    response = ask(own, new(), headers={"Accept": "text/html"}, det_conf=0.99)
    assert response.headers["Content-Type"] == "application/json"


def test_requests_of_one_name_at_once_are_billed_once_and_never_answered_differently(own: Edge) -> None:
    name, before = new(), own.used("beta")
    with ThreadPoolExecutor(12) as clients:
        answers = list(clients.map(lambda _: ask(own, name, "beta"), range(24)))
    bodies = {answer.content for answer in answers if answer.status_code == 200}
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len(bodies) == 1
    assert own.used("beta") == before + 1


def test_one_that_runs_is_a_409_with_the_seconds_to_wait(own: Edge, pictures: PictureHost) -> None:
    url, name = pictures.offer("/slow/running.jpg", encoded(photo())), new()
    with ThreadPoolExecutor(1) as client:
        first = client.submit(ask, own, name, image=url, det_conf=0.99)
        while not pictures.hits["/slow/running.jpg"]:
            time.sleep(0.01)
        second = ask(own, name, image=url, det_conf=0.99)
        assert (second.status_code, second.json()["code"]) == (409, "idempotency_in_progress")
        assert int(second.headers["Retry-After"]) > 0
        assert first.result().status_code == 200


def test_a_page_elsewhere_may_send_the_header_and_read_whether_it_was_a_replay(own: Edge) -> None:
    asked = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "idempotency-key,x-api-key",
    }
    preflight = requests.options(own.url + PREDICT, headers=asked, timeout=30)
    assert "idempotency-key" in preflight.headers["Access-Control-Allow-Headers"]
    answer = ask(own, new(), headers={"Origin": "https://shop.example"}, det_conf=0.99)
    assert "Idempotent-Replayed" in answer.headers["Access-Control-Expose-Headers"]
