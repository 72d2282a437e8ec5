"""Headers that stand on every response, and those that stand on every prediction."""

import re

import pytest

from tests.skuapi.edge import PREDICT, Edge

STAGES = ["decode", "queue", "detect", "embed", "classify", "annotate"]
EVERYWHERE = [
    ("GET", "/api/v1/status", 200),
    ("GET", "/api/v1/models", 200),
    ("GET", "/api/v1/usage", 200),
    ("POST", PREDICT, 400),
    ("GET", PREDICT, 405),
    ("OPTIONS", PREDICT, 200),
    ("GET", "/api/v1/nowhere", 404),
    ("GET", "/api/v1/predict/", 404),
    ("GET", "/api/%00%ff", 404),
    ("GET", "/nowhere", 404),
    ("GET", "/static/nowhere.css", 404),
    ("GET", "/static/admin/css/base.css", 200),
    ("GET", "/admin/", 200),
]
SANE = ["a", "0123-4567", "4f9c.8:x_y", "A" * 100, "11a9698d601b45a480701362711cbff9"]
INSANE = ["", "a b", "A" * 101, "<script>", "a;b", "ü", "a/b", '"', "a,b"]


@pytest.mark.parametrize(("method", "path", "status"), EVERYWHERE)
def test_every_response_has_the_clients_own_request_id(edge: Edge, method: str, path: str, status: int) -> None:
    response = edge.ask(method, path, "alpha", {"X-Request-ID": "my-request-1"})
    assert (response.status_code, response.headers["X-Request-ID"]) == (status, "my-request-1")


def test_a_response_without_a_key_has_it_too(edge: Edge) -> None:
    response = edge.ask("POST", PREDICT, None, {"X-Request-ID": "my-request-1"})
    assert (response.status_code, response.headers["X-Request-ID"]) == (401, "my-request-1")


@pytest.mark.parametrize("given", SANE)
def test_a_sane_id_is_kept(edge: Edge, given: str) -> None:
    assert edge.get("/api/v1/models", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", INSANE)
def test_another_is_replaced(edge: Edge, given: str) -> None:
    headers = {"X-Request-ID": given.encode().decode("latin-1")}
    answered = edge.get("/api/v1/models", headers=headers).headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", answered)


def test_two_requests_have_two_ids(edge: Edge) -> None:
    first, second = (edge.get("/api/v1/models").headers["X-Request-ID"] for _ in range(2))
    assert first != second


def test_a_host_name_that_is_not_ours_is_a_400_in_json_with_a_request_id(edge: Edge) -> None:
    response = edge.get("/api/v1/models", headers={"Host": "evil.example"})
    assert (response.status_code, response.json()["code"]) == (400, "unknown_host")
    assert response.headers["X-Request-ID"]


@pytest.mark.parametrize("key", ["alpha", "alpha_v1"])
def test_a_prediction_names_its_release(edge: Edge, key: str) -> None:
    assert edge.predict(key, det_conf=0.99).headers["X-Model-Release"] == "TINY/ONE@1"


@pytest.mark.parametrize("key", ["alpha", "alpha_v1"])
@pytest.mark.parametrize("det_conf", [0.25, 0.99])
def test_a_prediction_tells_the_milliseconds_of_every_stage(edge: Edge, key: str, det_conf: float) -> None:
    parts = edge.predict(key, det_conf=det_conf).headers["Server-Timing"].split(", ")
    found = [re.fullmatch(r"([a-z]+);dur=(\d+\.\d)", part) for part in parts]
    assert [match and match[1] for match in found] == STAGES


def test_the_stages_that_ran_took_some_time(edge: Edge) -> None:
    timing = edge.predict().headers["Server-Timing"]
    durations = {name: float(ms) for name, ms in re.findall(r"(\w+);dur=([\d.]+)", timing)}
    assert min(durations[stage] for stage in ("detect", "embed", "annotate")) > 0


def test_an_error_names_no_release(edge: Edge) -> None:
    assert "X-Model-Release" not in edge.predict(sku_conf=2).headers


@pytest.mark.parametrize("path", ["/api/v1/predict/", "/api/v1/PREDICT", "/api/v2/predict", "/api/", "/api/v1"])
def test_an_address_below_api_that_is_none_is_a_404_in_json(edge: Edge, path: str) -> None:
    response = edge.ask("POST", path, "alpha", json=edge.fields())
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert path in response.json()["error"]
