"""Whole answers, key for key and type for type, against documents that are kept."""

import json
import re
import uuid
from typing import Any

import pytest

from tests.live_server import ROOT
from tests.skuapi.roboflow.client import CLASSES, SKUS, TAGS, Client

GOLDEN = ROOT / "tests" / "golden"


def golden(name: str) -> Any:
    return json.loads((GOLDEN / f"roboflow_{name}.json").read_text())


def steady(answer: Any) -> Any:
    """Without what differs from answer to answer: ids, and the time that it took."""
    if isinstance(answer, list):
        return [steady(entry) for entry in answer]
    if not isinstance(answer, dict):
        return answer
    changing = {"inference_id": "<uuid>", "detection_id": "<uuid>", "time": "<seconds>"}
    return {name: changing.get(name, steady(value)) for name, value in answer.items()}


ASKED: dict[str, dict[str, Any]] = {
    "single_label": {"model": CLASSES, "name": "/cropped-images-1.jpg"},
    "multi_label": {"model": TAGS, "name": "/car-model-343.jpg", "confidence": 0.05},
    "detection": {"model": SKUS, "confidence": 0.4},
    "one_product": {"model": SKUS, "base": "/roboflow/classify/"},
}


@pytest.mark.parametrize("name", ASKED)
def test_an_answer_is_the_kept_document(client: Client, name: str) -> None:
    answer = client.hosted(**ASKED[name])
    assert answer.headers["Content-Type"] == "application/json"
    assert same(steady(answer.json()), golden(name)), answer.text


def same(found: Any, kept: Any) -> bool:
    """Numbers to a thousandth: processors round differently."""
    if isinstance(kept, float) and isinstance(found, float):
        return abs(found - kept) < 1e-3
    if isinstance(kept, dict) and isinstance(found, dict):
        return list(found) == list(kept) and all(same(found[name], kept[name]) for name in kept)
    if isinstance(kept, list) and isinstance(found, list):
        return len(found) == len(kept) and all(map(same, found, kept))
    return type(found) is type(kept) and bool(found == kept)


PUBLISHED: dict[str, tuple[str, list[str], type]] = {
    "single-label": (
        CLASSES,
        ["time", "image", "predictions", "top", "confidence", "image_path", "prediction_type"],
        list,
    ),
    "multi-label": (TAGS, ["time", "image", "predictions", "predicted_classes", "image_path", "prediction_type"], dict),
}


@pytest.mark.parametrize("kind", PUBLISHED)
def test_every_published_field_is_there_in_the_published_order(client: Client, kind: str) -> None:
    model, fields, of = PUBLISHED[kind]
    answer = client.hosted(model).json()
    assert [name for name in answer if name in fields] == fields
    assert isinstance(answer["predictions"], of)


def test_nothing_is_there_beyond_what_is_published_and_what_the_real_server_sends(client: Client) -> None:
    assert set(client.hosted().json()) - set(PUBLISHED["single-label"][1]) == {"inference_id"}


def test_ids_are_uuids_and_differ_from_answer_to_answer(client: Client) -> None:
    first, second = (client.hosted().json()["inference_id"] for _ in range(2))
    assert uuid.UUID(first) != uuid.UUID(second)


def test_every_detection_has_an_id_of_its_own(client: Client) -> None:
    ids = [entry["detection_id"] for entry in client.hosted(SKUS, confidence=0).json()["predictions"]]
    assert len(ids) > 1
    assert len({uuid.UUID(text) for text in ids}) == len(ids)


def test_the_time_is_seconds_that_the_image_took(client: Client) -> None:
    assert 0 < client.hosted().json()["time"] < 30


def test_all_classes_are_told_the_surest_first_and_sum_to_one(client: Client) -> None:
    sure = [entry["confidence"] for entry in client.hosted().json()["predictions"]]
    assert sure == sorted(sure, reverse=True)
    assert sum(sure) == pytest.approx(1, abs=1e-3)


def test_the_best_class_stands_at_the_top(client: Client) -> None:
    answer = client.hosted().json()
    best = answer["predictions"][0]
    assert (answer["top"], answer["confidence"]) == (best["class"], best["confidence"])


def test_confidences_of_a_single_label_have_four_places(client: Client) -> None:
    assert all(re.fullmatch(r"[01]\.\d{1,4}", str(e["confidence"])) for e in client.hosted().json()["predictions"])


def test_every_class_has_the_number_that_its_model_gives_it(client: Client) -> None:
    found = {entry["class"]: entry["class_id"] for entry in client.hosted().json()["predictions"]}
    assert found == {"apple": 0, "orange": 1, "تفاح": 2}


def test_a_version_keeps_its_classes_when_another_is_active(client: Client) -> None:
    old, new = (client.hosted(f"tiny-classes/{version}").json() for version in (1, 2))
    assert {entry["class"] for entry in new["predictions"]} - {e["class"] for e in old["predictions"]} == {"pear"}


def test_an_earlier_version_answers_where_it_is_asked_for(client: Client) -> None:
    assert client.hosted("tiny-mended/1").headers["X-Model-Release"] == "TINY/MENDED@1"


def test_a_box_is_told_by_its_centre_and_size_inside_the_image(client: Client) -> None:
    answer = client.hosted(SKUS, confidence=0).json()
    width, height = answer["image"]["width"], answer["image"]["height"]
    for box in answer["predictions"]:
        assert 0 <= box["x"] - box["width"] / 2 < box["x"] + box["width"] / 2 <= width
        assert 0 <= box["y"] - box["height"] / 2 < box["y"] + box["height"] / 2 <= height


def test_a_detection_is_what_predict_finds(client: Client) -> None:
    found = client.edge.predict(sku_conf=0, det_conf=0.25).json()["detections"]
    told = client.hosted(SKUS, confidence=0).json()["predictions"]
    corners = [[e["x"] - e["width"] / 2, e["y"] - e["height"] / 2] for e in told]
    assert sorted((d["sku"], d["sku_conf"], d["bbox"][:2]) for d in found) == sorted(
        (entry["class"], entry["confidence"], corner) for entry, corner in zip(told, corners, strict=True)
    )


def test_v1_answers_as_v0_does(client: Client) -> None:
    told, hosted = client.infer().json(), client.hosted().json()
    assert steady(told) == steady(hosted)


def test_a_sku_release_classifies_one_product_for_v1(client: Client) -> None:
    answer = client.infer(model=SKUS).json()
    assert answer["prediction_type"] == "ClassificationModel"
    assert len(answer["predictions"]) == 3


def test_a_list_is_answered_by_a_list_of_the_same_length(client: Client) -> None:
    answer = client.infer(image=[client.image] * 3).json()
    assert [steady(entry) for entry in answer] == [steady(client.infer().json())] * 3


def test_a_list_of_one_is_answered_by_a_list_of_one(client: Client) -> None:
    assert len(client.infer(image=[client.image]).json()) == 1


def test_the_image_is_measured_upright(client: Client) -> None:
    assert client.hosted().json()["image"] == {"width": 320, "height": 240}
