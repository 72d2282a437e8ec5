"""Both response formats against one whole document each, and how a client chooses between them."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.skuapi.edge import Edge, picture_in

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
OTHER_THAN_V2 = {"alpha": "1.0", "alpha_v1": "2.0"}


def golden(name: str) -> Any:
    return json.loads((GOLDEN / name).read_text())


def agrees(expected: Any, actual: Any) -> bool:
    """The same keys in the same order, the same types and values; fractions may differ by a hair."""
    if type(expected) is not type(actual):
        return False
    if isinstance(expected, dict):
        return list(expected) == list(actual) and all(agrees(expected[key], actual[key]) for key in expected)
    if isinstance(expected, list):
        return len(expected) == len(actual) and all(map(agrees, expected, actual))
    return abs(expected - actual) < 0.005 if isinstance(expected, float) else expected == actual


def by_place(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Detections that are equally sure may change places from one machine to the next."""
    return sorted(items, key=lambda item: [value for value in item.values() if not isinstance(value, str)][::-1])


def test_version_2_is_the_published_document_key_by_key(edge: Edge) -> None:
    answer = edge.predict(sku_conf=0.985, show_unknown=True).json()
    assert isinstance(picture_in(answer), Image.Image)
    answer["annotated_image_base64"] = "a JPEG, which other tests look at"
    answer["detections"] = by_place(answer["detections"])
    assert agrees(golden("sku_predict_v2.json"), answer), json.dumps(answer, indent=1, ensure_ascii=False)


def test_version_1_is_the_published_document_key_by_key(edge: Edge) -> None:
    answer = edge.predict("alpha_v1", sku_conf=0.985, show_unknown=True).json()
    assert 0 < answer["processing_time_seconds"] < 60
    answer["processing_time_seconds"] = 1.24
    answer["predictions"] = by_place(answer["predictions"])
    assert agrees(golden("sku_predict_v1.json"), answer), json.dumps(answer, indent=1, ensure_ascii=False)


def test_both_versions_tell_the_same_of_a_photo(edge: Edge) -> None:
    new = edge.predict(sku_conf=0.985, show_unknown=True).json()["detections"]
    old = edge.predict("alpha_v1", sku_conf=0.985, show_unknown=True).json()["predictions"]
    names = {"sku": "sku_name", "sku_conf": "sku_confidence", "yolo_conf": "detection_confidence"}
    renamed = [{names.get(name, "bounding_box"): value for name, value in detection.items()} for detection in new]
    assert by_place(renamed) == by_place(old)


@pytest.mark.parametrize(
    ("key", "header", "version"),
    [
        ("alpha", None, "2.0"),
        ("alpha", "1.0", "1.0"),
        ("alpha", "2.0", "2.0"),
        ("alpha", "", "2.0"),
        ("alpha_v1", None, "1.0"),
        ("alpha_v1", "2.0", "2.0"),
        ("alpha_v1", "1.0", "1.0"),
        ("alpha_v1", "", "1.0"),
    ],
)
def test_the_header_beats_the_pin_and_2_0_is_the_default(
    edge: Edge, key: str, header: str | None, version: str
) -> None:
    response = edge.predict(key, {} if header is None else {"X-API-Version": header}, det_conf=0.99)
    body = response.json()
    assert response.headers["X-API-Version"] == version
    assert ("predictions" in body, "detections" in body) == (version == "1.0", version == "2.0")


@pytest.mark.parametrize("version", ["1", "2", "3.0", "v2", "1.0, 2.0", "latest"])
def test_a_version_that_does_not_exist_is_a_400(edge: Edge, version: str) -> None:
    response = edge.predict(headers={"X-API-Version": version})
    assert (response.status_code, response.json()["code"]) == (400, "unknown_version")


@pytest.mark.parametrize(("key", "version"), [("alpha", "2.0"), ("alpha_v1", "1.0")])
def test_an_error_says_its_version_and_has_the_one_error_body(edge: Edge, key: str, version: str) -> None:
    response = edge.predict(key, category=...)
    assert response.headers["X-API-Version"] == version
    assert list(response.json()) == ["success", "error", "code"]


@pytest.mark.parametrize(("header", "version"), [("1.0", "1.0"), ("2.0", "2.0"), ("9", "2.0")])
def test_an_error_before_any_key_says_a_version_too(edge: Edge, header: str, version: str) -> None:
    response = edge.ask("POST", "/api/v1/predict", None, {"X-API-Version": header})
    assert (response.status_code, response.headers["X-API-Version"]) == (401, version)
