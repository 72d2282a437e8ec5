"""Nothing of one tenant is visible to another."""

import pytest

from tests.skuapi.edge import Edge
from tests.skuapi.population import TENANTS


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


@pytest.mark.parametrize("path", ["/api/v1/status", "/api/v1/models", "/api/v1/usage"])
def test_no_answer_names_another_tenant(edge: Edge, path: str) -> None:
    text = edge.get(path, "beta").text
    assert [name for name in TENANTS if f'"{name}"' in text and name != "beta"] == []


def test_the_limit_in_the_headers_is_the_tenants_own(edge: Edge) -> None:
    limits = [edge.get("/api/v1/usage", key).headers["X-RateLimit-Limit"] for key in ("five", "hundred")]
    assert limits == ["5", "100"]
