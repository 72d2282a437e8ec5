"""How category and brand find a model, and that whoever may not use one cannot tell it from none."""

import unicodedata
from typing import Any
from urllib.parse import unquote

import pytest
import requests

from tests.skuapi.bundles import IN_TWO_SCRIPTS
from tests.skuapi.edge import Edge

UNKNOWN_NAMES = {
    "unknown": "NOBODY",
    "200 characters": "x" * 200,
    "200 Arabic characters": "ت" * 200,
    "a NUL": "ONE\x00",
    "a path": "../../etc/passwd",
    "an absolute path": "/etc/passwd",
    "SQL": "ONE' OR '1'='1",
    "a wildcard": "%",
    "a line break inside": "O\nNE",
    "another alphabet that looks alike": "ОNE",
    "emoji": "🥤" * 100,
}


def sentence(response: requests.Response) -> tuple[int, str, str]:
    body = response.json()
    return response.status_code, body["code"], body["error"]


@pytest.mark.parametrize("name", UNKNOWN_NAMES.values(), ids=UNKNOWN_NAMES)
@pytest.mark.parametrize("field", ["category", "brand"])
def test_a_name_of_no_model_is_a_404(edge: Edge, field: str, name: str) -> None:
    response = edge.predict(**{field: name})
    assert (response.status_code, response.json()["code"]) == (404, "model_not_found")


@pytest.mark.parametrize(
    ("category", "brand"), [("TINY", "ONE"), ("tiny", "one"), ("  Tiny\t", "\nOnE "), ("\u00a0TINY\u2003", "ONE")]
)
def test_names_match_whatever_their_case_and_the_space_around_them(edge: Edge, category: str, brand: str) -> None:
    response = edge.predict(category=category, brand=brand, det_conf=0.99)
    assert response.headers["X-Model-Release"] == "TINY/ONE@1"


@pytest.mark.parametrize(
    "brand",
    [
        IN_TWO_SCRIPTS,
        unicodedata.normalize("NFD", IN_TWO_SCRIPTS),
        IN_TWO_SCRIPTS.upper(),
        unicodedata.normalize("NFD", IN_TWO_SCRIPTS.upper()),
    ],
    ids=ascii,
)
def test_names_in_any_script_match_composed_and_decomposed(edge: Edge, brand: str) -> None:
    assert edge.predict(brand=brand, det_conf=0.99).status_code == 200


def test_a_release_named_in_another_script_is_percent_encoded_in_its_header(edge: Edge) -> None:
    response = edge.predict(brand=IN_TWO_SCRIPTS, det_conf=0.99)
    assert unquote(response.headers["X-Model-Release"]) == f"TINY/{IN_TWO_SCRIPTS}@1"
    assert response.headers["X-Model-Release"].isascii()


def test_a_model_of_others_and_a_model_of_nobody_are_refused_in_the_same_words(edge: Edge) -> None:
    assert edge.predict("alpha", brand="TWO", det_conf=0.99).status_code == 200
    status, code, words = sentence(edge.predict("restricted", brand="TWO"))
    assert (status, code, words.replace("TWO", "NIL")) == sentence(edge.predict("restricted", brand="NIL"))


def test_a_model_of_others_does_not_show_how_it_is_really_written(edge: Edge) -> None:
    response = edge.predict("restricted", brand="two")
    assert "'two'" in response.json()["error"]
    assert "TWO" not in response.text


def test_a_restricted_tenant_may_use_what_it_was_given(edge: Edge) -> None:
    assert edge.predict("restricted", det_conf=0.99).status_code == 200


def test_a_new_tenant_may_use_every_active_release(edge: Edge) -> None:
    listed = edge.get("/api/v1/models", "beta").json()["models"]
    assert {model["brand"] for model in listed} >= {"ONE", "TWO", IN_TWO_SCRIPTS}


def test_models_lists_exactly_what_predict_would_take(edge: Edge) -> None:
    assert edge.get("/api/v1/models", "restricted").json() == {
        "success": True,
        "models": [
            {
                "category": "TINY",
                "brand": "ONE",
                "version": 1,
                "release": "TINY/ONE@1",
                "roboflow_model": "tiny-one/1",
                "skus": ["TINY_APPLE_500ML", "TINY_ORANGE_500ML", "TINY_تفاح_330ML"],
            }
        ],
        "classifiers": [],
    }


def test_classifiers_of_whole_pictures_are_listed_by_what_roboflows_clients_call_them(edge: Edge) -> None:
    classifiers = edge.get("/api/v1/models").json()["classifiers"]
    assert classifiers
    for listed in classifiers:
        asked = edge.ask("POST", f"/roboflow/{listed['roboflow_model']}", "alpha", data=edge.photo)
        assert set(listed["classes"]) >= {one["class"] for one in _predictions(asked.json())}


def _predictions(answer: dict[str, Any]) -> list[dict[str, Any]]:
    found = answer["predictions"]
    return found if isinstance(found, list) else [{"class": name} for name in found]


def test_models_names_the_active_version(edge: Edge) -> None:
    listed = edge.get("/api/v1/models").json()["models"]
    assert {model["release"]: model["version"] for model in listed}["TINY/MENDED@2"] == 2
