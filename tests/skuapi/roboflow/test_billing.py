"""One unit for each image, for those that are answered alone, and for a request's images all or none."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.skuapi.conftest import OtherEdge
from tests.skuapi.edge import Edge
from tests.skuapi.roboflow.client import CLASSES, SKUS, TAGS, Client

BROKEN = {"type": "base64", "value": "aGVsbG8="}


@pytest.fixture(scope="module")
def own(other_edge: OtherEdge) -> Any:
    """What is used up here is used up for nobody else."""
    with other_edge(TEST_KEY_REQUESTS_PER_DAY="3", FAILED_KEYS_PER_MINUTE="3") as edge:
        yield Client(edge)


def used(response: requests.Response) -> int:
    return int(response.headers["X-RateLimit-Used"])


@pytest.mark.parametrize("model", [CLASSES, TAGS, SKUS])
def test_an_image_costs_one_unit_and_its_own_headers_include_it(own: Client, model: str) -> None:
    before = own.edge.used("beta")
    assert used(own.hosted(model, key="beta")) == before + 1
    assert own.edge.used("beta") == before + 1


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_list_costs_a_unit_for_each_image(own: Client, count: int) -> None:
    before = own.edge.used("beta")
    assert used(own.infer(key="beta", image=[own.image] * count)) == before + count


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_list_with_a_bad_image_costs_nothing_and_says_which_it_is(own: Client, place: int) -> None:
    before = own.edge.used("beta")
    images = [own.image] * 3
    images[place] = BROKEN
    answer = own.infer(key="beta", image=images)
    assert (answer.status_code, used(answer)) == (400, before)
    assert f"image {place + 1} of 3" in answer.json()["message"]
    assert own.edge.get("/api/v1/usage", "beta").json()["in_flight"] == 0


def test_a_list_that_does_not_fit_is_refused_whole(own: Client) -> None:
    refused = own.infer(key="five", image=[own.image] * 6)
    assert (refused.status_code, used(refused)) == (402, 0)
    assert "Retry-After" not in refused.headers
    assert own.infer(key="five", image=[own.image] * 5).headers["X-RateLimit-Remaining"] == "0"


def test_a_list_beyond_the_cap_of_its_key_is_refused_whole(own: Client) -> None:
    assert own.infer(key="capped", image=[own.image] * 4).status_code == 402
    assert own.infer(key="capped", image=[own.image] * 3).status_code == 200
    assert own.hosted(key="capped").status_code == 402


def test_a_test_key_is_held_to_its_images_of_a_day(own: Client) -> None:
    before = own.edge.used("alpha")
    statuses = [own.infer(key="test", image=[own.image] * count).status_code for count in (4, 2, 2, 1, 1)]
    assert statuses == [402, 200, 402, 200, 402]
    assert own.edge.used("alpha") == before


def test_wrong_keys_are_counted_by_address_and_hold_up_no_right_one(own: Client) -> None:
    wrong = [requests.post(f"{own.edge.url}/roboflow/{SKUS}?api_key=wrong", timeout=30) for _ in range(4)]
    assert [response.status_code for response in wrong] == [403, 403, 403, 429]
    assert list(wrong[-1].json()) == ["message"]
    assert own.infer(key=None).status_code == 429
    assert own.hosted(key="beta").status_code == 200


def test_the_last_unit_is_granted_and_the_next_image_is_a_402(own: Client) -> None:
    granted, refused = (own.hosted(key="one_c") for _ in range(2))
    assert (granted.status_code, granted.headers["X-RateLimit-Remaining"]) == (200, "0")
    assert refused.status_code == 402
    assert list(refused.json()) == ["message"]


def test_lists_that_race_for_the_last_units_do_not_share_them(own: Client) -> None:
    """Fifty units, of which each of twelve requests wants ten."""
    with ThreadPoolExecutor(12) as clients:
        answers = list(clients.map(lambda _: own.infer(key="counted", image=[own.image] * 10), range(12)))
    granted = [answer.status_code for answer in answers].count(200)
    assert {answer.status_code for answer in answers} == {200, 402}
    assert (own.edge.used("counted"), granted <= 5) == (10 * granted, True)


def test_an_exhausted_tenant_is_told_before_its_image_is_looked_at(own: Client) -> None:
    assert own.hosted("nobodys/1", key="exhausted", body=b"%%%").status_code == 402


def test_a_burst_is_a_429_with_the_seconds_to_wait(own: Client) -> None:
    answers = [own.hosted(key="burst") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert own.edge.used("beta") >= 0


def keyed(own: Client, name: str, **changes: Any) -> requests.Response:
    return own.hosted(key="beta", headers={"Idempotency-Key": name}, **changes)


def test_a_request_that_is_sent_again_under_one_name_gets_its_answer_and_is_billed_once(own: Client) -> None:
    name, before = uuid.uuid4().hex, own.edge.used("beta")
    first, second = keyed(own, name), keyed(own, name)
    assert (second.content, second.headers["Idempotent-Replayed"]) == (first.content, "true")
    assert own.edge.used("beta") == before + 1


def test_so_does_a_list(own: Client) -> None:
    name, before = uuid.uuid4().hex, own.edge.used("beta")
    asked = {"key": "beta", "headers": {"Idempotency-Key": name}, "image": [own.image] * 2}
    first, second = own.infer(**asked), own.infer(**asked)
    assert second.json() == first.json()
    assert own.edge.used("beta") == before + 2


def test_what_is_asked_beside_the_image_is_part_of_the_request(own: Client) -> None:
    name = uuid.uuid4().hex
    assert keyed(own, name).status_code == 200
    other = keyed(own, name, confidence="0.9")
    assert (other.status_code, list(other.json())) == (422, ["message"])


def test_a_kept_refusal_is_told_again_in_the_same_words(own: Client) -> None:
    name = uuid.uuid4().hex
    first, second = keyed(own, name, body="%%%"), keyed(own, name, body="%%%")
    assert (first.status_code, second.content) == (400, first.content)


def test_a_picture_alone_is_not_kept(own: Client) -> None:
    assert keyed(own, uuid.uuid4().hex, format="image").status_code == 400


def test_a_photo_that_cannot_be_read_in_time_is_a_504_that_costs_nothing(edge: Edge) -> None:
    client = Client(edge)
    assert {client.hosted(model).status_code for model in (CLASSES, SKUS)} == {200}, "they are loaded by that"
    assert client.hosted(key="hasty").status_code == 504
    assert client.hosted(SKUS, key="hasty").status_code == 504
    assert edge.used("hasty") == 0
