"""What is kept of a request with an `Idempotency-Key`, and what is told of its repetition."""

import time
import zlib
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.skuapi.conftest import OtherEdge
from tests.skuapi.edge import Edge
from tests.skuapi.named import ask, new, rows, twice


@pytest.fixture(scope="module")
def own(other_edge: OtherEdge) -> Iterator[Edge]:
    with other_edge() as edge:
        yield edge


def test_a_replayed_answer_stands_in_the_request_log_like_the_first(own: Edge) -> None:
    name, ids = new(), (new(), new())
    for request_id in ids:
        ask(own, name, headers={"X-Request-ID": request_id})
    query = (
        "SELECT status, category, brand, release, facings FROM tenants_requestrecord "
        "WHERE request_id IN (?, ?) AND facings IS NOT NULL"
    )
    end = time.monotonic() + 20
    while len(found := rows(own, query, *ids)) < 2:
        assert time.monotonic() < end
        time.sleep(0.1)
    assert Counter(found) == {found[0]: 2}


def test_a_replayed_error_has_its_code_in_the_request_log(own: Edge) -> None:
    name, request_id = new(), new()
    ask(own, name, brand="NOBODY")
    ask(own, name, headers={"X-Request-ID": request_id}, brand="NOBODY")
    end = time.monotonic() + 20
    while not (found := rows(own, "SELECT code FROM tenants_requestrecord WHERE request_id = ?", request_id)):
        assert time.monotonic() < end
        time.sleep(0.1)
    assert found == [("model_not_found",)]


def test_the_answer_is_kept_and_nothing_of_what_was_sent(own: Edge) -> None:
    name = new()
    answer = ask(own, name, det_conf=0.99)
    ((body, *others),) = rows(own, "SELECT body, * FROM tenants_storedanswer WHERE name = ?", name)
    assert zlib.decompress(body) == answer.content
    assert own.photo[:40] not in str(others)


def test_an_answer_that_made_room_is_a_409_and_never_billed_again(other_edge: OtherEdge) -> None:
    with other_edge(STORED_ANSWER_BYTES="0") as edge:
        first, second = twice(edge, "beta", det_conf=0.99)
        assert (first.status_code, second.status_code) == (200, 409)
        assert second.json()["code"] == "idempotency_expired"
        assert edge.used("beta") == 1
