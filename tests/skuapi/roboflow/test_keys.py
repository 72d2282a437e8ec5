"""A key in any of the places where Roboflow's clients put one; a bad one is Forbidden in their words."""

from typing import Any

import pytest
import requests

from tests.skuapi.roboflow.client import CLASSES, Client

FORBIDDEN = (403, {"message": "Forbidden"})
RATE = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Used", "X-RateLimit-Reset")


def answer(response: requests.Response) -> tuple[int, Any]:
    return response.status_code, response.json()


def bearer(client: Client, key: str = "alpha") -> dict[str, str]:
    return {"Authorization": f"Bearer {client.edge.keys[key]}"}


def test_a_key_in_the_query_lets_in(client: Client) -> None:
    assert client.hosted().status_code == 200


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_key_as_a_bearer_lets_in(client: Client, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {client.edge.keys['alpha']}"}
    assert client.hosted(key=None, headers=headers).status_code == 200
    assert client.infer(key=None, headers=headers).status_code == 200


def test_a_key_in_the_document_lets_in(client: Client) -> None:
    assert client.infer(key="alpha").status_code == 200


def test_a_key_in_the_header_of_the_sku_api_lets_in(client: Client) -> None:
    headers = {"X-API-Key": client.edge.keys["alpha"]}
    assert client.hosted(key=None, headers=headers).status_code == 200


def test_the_query_beats_what_is_meant_for_another_service(client: Client) -> None:
    assert client.hosted(headers={"Authorization": "Bearer of-somebody-else"}).status_code == 200


def test_a_bearer_beats_the_document(client: Client) -> None:
    assert client.infer(key="suspended", headers=bearer(client)).status_code == 200


@pytest.mark.parametrize("headers", [{"Authorization": "Basic YTpi"}, {"Authorization": "Bearer "}, {}])
def test_no_key_is_forbidden(client: Client, headers: dict[str, str]) -> None:
    assert answer(client.hosted(key=None, headers=headers)) == FORBIDDEN
    assert answer(client.infer(key=None, headers=headers)) == FORBIDDEN
    assert answer(client.post("model/add", {"model_id": CLASSES}, headers)) == FORBIDDEN


@pytest.mark.parametrize("wrong", ["wrong", "sku_live_nobody", "None", "", "\u00e4", "a,b", "x" * 3000])
def test_a_wrong_key_is_forbidden_wherever_it_stands(client: Client, wrong: str) -> None:
    path = f"{client.edge.url}/roboflow/{CLASSES}"
    assert answer(requests.post(path, params={"api_key": wrong}, data=client.edge.photo, timeout=30)) == FORBIDDEN
    assert answer(client.infer(api_key=wrong)) == FORBIDDEN


@pytest.mark.parametrize("wrong", [5, None, ["x"], {"x": 1}, True])
def test_a_key_that_is_no_text_is_forbidden(client: Client, wrong: Any) -> None:
    assert answer(client.infer(api_key=wrong)) == FORBIDDEN


def test_two_keys_in_one_query_that_disagree_are_forbidden(client: Client) -> None:
    keys = [client.edge.keys["alpha"], client.edge.keys["beta"]]
    path = f"{client.edge.url}/roboflow/{CLASSES}"
    assert answer(requests.post(path, params={"api_key": keys}, data=client.edge.photo, timeout=30)) == FORBIDDEN


REFUSED = ["suspended", "revoked", "expired", "inactive", "status_only", "predict_only", "elsewhere"]


@pytest.mark.parametrize("key", REFUSED)
def test_a_proven_key_that_may_not_is_a_403_that_says_why(client: Client, key: str) -> None:
    for refused in (client.hosted(key=key), client.infer(key=key), client.post("model/add", client.key(key))):
        assert refused.status_code == 403
        assert refused.json()["message"] != "Forbidden"
        assert all(name in refused.headers for name in RATE)


def test_a_key_for_roboflow_alone_may_do_this_and_no_more(client: Client) -> None:
    assert client.hosted(key="roboflow_only").status_code == 200
    assert client.edge.predict("roboflow_only").status_code == 403


def test_a_refused_key_comes_before_whatever_else_is_wrong(client: Client) -> None:
    assert client.hosted("nobodys/1", key="suspended", body=b"%%%", confidence="x").status_code == 403
    assert answer(client.hosted("nobodys/1", key=None, body=b"%%%", confidence="x")) == FORBIDDEN


@pytest.mark.parametrize("origin", ["https://shop.example", "https://anybody.example"])
def test_pages_of_the_tenants_origins_may_read_the_answer(client: Client, origin: str) -> None:
    headers = {"Origin": origin}
    allowed = [client.hosted(headers=headers), client.infer(headers=headers)]
    listed = origin == "https://shop.example"
    assert ["Access-Control-Allow-Origin" in response.headers for response in allowed] == [listed, listed]


def test_a_preflight_needs_no_key(client: Client) -> None:
    asked = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    answered = requests.options(f"{client.edge.url}/roboflow/{CLASSES}", headers=asked, timeout=30)
    assert answered.headers["Access-Control-Allow-Origin"] == "https://shop.example"
