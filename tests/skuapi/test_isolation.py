"""Nothing of one tenant is visible to another."""

import re
import uuid

import pytest
import requests

from skuapi import urls
from skuapi.portal import urls as portal
from skuapi.roboflow import urls as roboflow
from tests.skuapi.edge import PREDICT, Edge
from tests.skuapi.population import TENANTS
from tests.skuapi.roboflow.client import CLASSES, Client


def test_predictions_of_one_tenant_do_not_move_the_usage_of_another(edge: Edge) -> None:
    before = edge.get("/api/v1/usage", "restricted").json()
    assert edge.predict("alpha", det_conf=0.99).status_code == 200
    assert edge.get("/api/v1/usage", "restricted").json() == before


def test_an_exhausted_tenant_does_not_hold_up_another(edge: Edge) -> None:
    assert edge.predict("exhausted").status_code == 429
    assert edge.predict("beta", det_conf=0.99).status_code == 200


def test_a_burst_of_one_tenant_does_not_hold_up_another(edge: Edge) -> None:
    assert 429 in [edge.get("/api/v1/usage", "burst").status_code for _ in range(7)]
    assert edge.get("/api/v1/usage", "beta").status_code == 200


def test_models_of_others_are_not_listed(edge: Edge) -> None:
    listed = edge.get("/api/v1/models", "restricted").json()["models"]
    assert [model["brand"] for model in listed] == ["ONE"]


@pytest.fixture(scope="module")
def kept(edge: Edge) -> str:
    """The Idempotency-Key of an answer that is kept for alpha."""
    name = uuid.uuid4().hex
    assert edge.predict("alpha", {"Idempotency-Key": name}, brand="TWO").status_code == 200
    return name


def test_an_answer_kept_for_one_tenant_is_not_found_by_another(edge: Edge, kept: str) -> None:
    theirs = edge.predict("beta", {"Idempotency-Key": kept}, brand="TWO")
    assert theirs.status_code == 200
    assert "Idempotent-Replayed" not in theirs.headers


def test_nor_by_one_that_may_not_use_the_line_that_it_is_about(edge: Edge, kept: str) -> None:
    theirs = edge.predict("restricted", {"Idempotency-Key": kept}, brand="TWO")
    assert (theirs.status_code, theirs.json()["code"]) == (404, "model_not_found")


def test_a_tenant_does_not_learn_that_another_has_used_a_name(edge: Edge, kept: str) -> None:
    """With another body its own name would be a 422."""
    assert edge.predict("open", {"Idempotency-Key": kept}, det_conf=0.99).status_code == 200


PATHS = ["/api/v1/predict", "/api/v1/status", "/api/v1/models", "/api/v1/usage", "/api/v1/nowhere", "/api/login"]
KNOWN = {*PATHS, "/api/logout"}


def addresses() -> set[str]:
    """Of the API, as the service has them."""
    found = (str(pattern.pattern) for pattern in (*urls.urlpatterns, *portal.urlpatterns))
    return {f"/{path}" for path in found if path.startswith("api/")}


def test_every_address_of_the_api_is_asked_about_other_tenants() -> None:
    assert addresses() <= KNOWN


def names_in(text: str) -> list[str]:
    """Of other tenants than beta, as values of JSON or of markup: some are words of our sentences."""
    return [name for name in TENANTS if name != "beta" and re.search(rf"[\"'>]\s*{name}\s*[\"'<]", text)]


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize("path", PATHS)
def test_no_answer_names_another_tenant(edge: Edge, path: str, accept: str) -> None:
    answer = edge.predict("beta", {"Accept": accept}) if path == PREDICT else edge.get(path, "beta", {"Accept": accept})
    told = answer.text + str(answer.headers)
    assert names_in(told) == []
    assert [name for name, key in edge.keys.items() if name != "beta" and key[9:21] in told] == []


def roboflow_answers(edge: Edge, key: str) -> dict[str, requests.Response]:
    """One of each address, by the name of its pattern."""
    client = Client(edge)
    named = {**client.key(key), "model_id": CLASSES}
    return {
        "roboflow_info": requests.get(f"{edge.url}/roboflow/info", params=client.key(key), timeout=30),
        "roboflow_registry": requests.get(f"{edge.url}/roboflow/model/registry", params=client.key(key), timeout=30),
        "roboflow_add": client.post("model/add", named),
        "roboflow_remove": client.post("model/remove", named),
        "roboflow_clear": client.post("model/clear", named),
        "roboflow_classification": client.infer(key=key),
        "roboflow_object_detection": client.infer("object_detection", key=key),
        "roboflow_hosted": client.hosted(key=key),
        "roboflow_nothing": client.hosted("a/b/c", key=key),
    }


def test_no_address_of_roboflows_names_another_tenant(edge: Edge) -> None:
    answers = roboflow_answers(edge, "beta")
    assert set(answers) == {pattern.name for pattern in roboflow.urlpatterns}
    for answer in answers.values():
        told = answer.text + str(answer.headers)
        assert names_in(told) == []
        assert [name for name, key in edge.keys.items() if name != "beta" and key[9:21] in told] == []


def test_an_image_of_one_tenant_does_not_move_the_usage_of_another(edge: Edge) -> None:
    before = edge.get("/api/v1/usage", "restricted").json()
    assert Client(edge).hosted().status_code == 200
    assert edge.get("/api/v1/usage", "restricted").json() == before


def test_a_line_of_others_is_answered_as_one_that_does_not_exist(edge: Edge) -> None:
    theirs, nobodys = (edge.predict("restricted", brand=brand) for brand in ("TWO", "NOBODYS"))
    assert (theirs.status_code, theirs.json()["code"]) == (nobodys.status_code, nobodys.json()["code"])


def test_the_limit_in_the_headers_is_the_tenants_own(edge: Edge) -> None:
    limits = [edge.get("/api/v1/usage", key).headers["X-RateLimit-Limit"] for key in ("five", "hundred")]
    assert limits == ["5", "100"]
