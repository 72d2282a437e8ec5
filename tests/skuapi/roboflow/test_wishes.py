"""Thresholds, filters and pictures."""

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.skuapi.roboflow.client import CLASSES, SKUS, TAGS, Client

APPLE, ORANGE = "TINY_APPLE_500ML", "TINY_ORANGE_500ML"


def told(answer: Any) -> list[str]:
    return [entry["class"] for entry in answer.json()["predictions"]]


@pytest.mark.parametrize(("confidence", "left"), [("0", 3), ("0.0030", 2), ("0.5", 1), ("50", 1), ("1", 1), ("100", 0)])
def test_classes_below_the_confidence_are_left_out(client: Client, confidence: str, left: int) -> None:
    assert len(told(client.hosted(confidence=confidence))) == left


def test_one_is_one_per_cent(client: Client) -> None:
    sure = [entry["confidence"] for entry in client.hosted(confidence="0.01").json()["predictions"]]
    assert [entry["confidence"] for entry in client.hosted(confidence="1").json()["predictions"]] == sure


def test_where_no_class_is_left_the_top_is_empty(client: Client) -> None:
    answer = client.hosted(confidence="100").json()
    assert (answer["predictions"], answer["top"], answer["confidence"]) == ([], "", 0.0)


@pytest.mark.parametrize("own", ["best", "default", ""])
def test_a_client_may_ask_for_the_models_own_confidence(client: Client, own: str) -> None:
    assert told(client.hosted(SKUS, confidence=own)) == told(client.hosted(SKUS))


@pytest.mark.parametrize("confidence", [0, 0.01, 0.3, 0.99])
def test_every_tag_is_told_and_those_above_the_confidence_are_predicted(client: Client, confidence: float) -> None:
    answer = client.hosted(TAGS, confidence=confidence).json()
    assert set(answer["predictions"]) == {"dent", "severe", "torn label"}
    above = [name for name, tag in answer["predictions"].items() if tag["confidence"] >= confidence]
    assert answer["predicted_classes"] == above


def test_a_tag_is_predicted_from_one_half_on_unless_told_otherwise(client: Client) -> None:
    assert (
        client.hosted(TAGS).json()["predicted_classes"]
        == client.hosted(TAGS, confidence=0.5).json()["predicted_classes"]
    )


def test_detections_are_held_to_the_releases_own_confidence_unless_told_otherwise(client: Client) -> None:
    assert told(client.hosted(SKUS)) == told(client.hosted(SKUS, confidence=0.5))


@pytest.mark.parametrize("confidence", [0.0, 0.98, 0.99])
def test_detections_below_the_confidence_are_left_out(client: Client, confidence: float) -> None:
    every = [entry["confidence"] for entry in client.hosted(SKUS, confidence=0).json()["predictions"]]
    found = [entry["confidence"] for entry in client.hosted(SKUS, confidence=confidence).json()["predictions"]]
    assert found == [sure for sure in every if sure >= confidence]


@pytest.mark.parametrize("overlap", ["0.1", "10"])
def test_a_smaller_overlap_leaves_fewer_boxes(client: Client, overlap: str) -> None:
    assert 0 < len(told(client.hosted(SKUS, overlap=overlap))) < len(told(client.hosted(SKUS)))


def test_an_overlap_above_the_detectors_own_changes_nothing(client: Client) -> None:
    assert told(client.hosted(SKUS, overlap="0.9")) == told(client.hosted(SKUS))


def test_v1_calls_the_overlap_by_its_own_name(client: Client) -> None:
    detect = "object_detection"
    assert told(client.infer(detect, SKUS, iou_threshold=0.1)) == told(client.hosted(SKUS, overlap="0.1"))


@pytest.mark.parametrize("most", [1, 2])
def test_no_more_than_so_many_detections_are_told_the_surest_first(client: Client, most: int) -> None:
    assert told(client.hosted(SKUS, max_detections=most)) == told(client.hosted(SKUS))[:most]
    assert told(client.infer("object_detection", SKUS, max_detections=most)) == told(client.hosted(SKUS))[:most]


def test_only_the_classes_that_are_named_are_told(client: Client) -> None:
    assert set(told(client.hosted(classes="orange, تفاح"))) == {"orange", "تفاح"}
    assert set(told(client.infer(class_filter=["orange"]))) == {"orange"}
    assert set(client.hosted(TAGS, classes="dent").json()["predictions"]) == {"dent"}
    assert told(client.hosted(SKUS, classes=ORANGE)) == [name for name in told(client.hosted(SKUS)) if name == ORANGE]


def test_a_percentage_is_one_in_v1_too(client: Client) -> None:
    assert told(client.infer(confidence=50)) == told(client.infer(confidence=0.5))


def test_one_is_the_whole_in_v1(client: Client) -> None:
    assert told(client.infer(confidence=1)) == []


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("model", [CLASSES, TAGS, SKUS])
def test_the_answer_may_be_a_picture_and_nothing_else(client: Client, model: str) -> None:
    answer = client.hosted(model, format="image", confidence=0.1)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert (opened(answer.content).format, opened(answer.content).size) == ("JPEG", (320, 240))


@pytest.mark.parametrize("model", [CLASSES, TAGS, SKUS])
def test_or_a_picture_beside_the_rest(client: Client, model: str) -> None:
    answer = client.hosted(model, format="image_and_json").json()
    assert opened(base64.b64decode(answer["visualization"], validate=True)).size == (320, 240)
    assert answer["predictions"]


def test_v1_adds_a_picture_where_it_is_asked_for(client: Client) -> None:
    answer = client.infer("object_detection", SKUS, visualize_predictions=True).json()
    assert opened(base64.b64decode(answer["visualization"], validate=True)).size == (320, 240)


def test_no_picture_is_there_unasked(client: Client) -> None:
    assert "visualization" not in client.infer("object_detection", SKUS, visualize_predictions=False).json()
    assert "visualization" not in client.hosted(format="json").json()


def pixels(client: Client, **query: Any) -> Any:
    return np.asarray(opened(client.hosted(SKUS, format="image", max_detections=1, **query).content), dtype=int)


def test_labels_are_drawn_only_where_they_are_wanted(client: Client) -> None:
    changed = [np.abs(pixels(client, labels=on) - pixels(client)).max() > 60 for on in ("on", "True", "off", "False")]
    assert changed == [True, True, False, False]


def test_lines_are_as_broad_as_is_asked(client: Client) -> None:
    assert np.abs(pixels(client, stroke=9) - pixels(client, stroke=1)).max() > 60


def test_what_is_seen_stands_on_the_picture_of_a_class(client: Client) -> None:
    with_words, without = (client.hosted(format="image", confidence=sure).content for sure in ("0", "100"))
    assert np.abs(np.asarray(opened(with_words), int) - np.asarray(opened(without), int)).max() > 60
