"""What the numbers of an answer promise: thresholds, shares, boxes and their order."""

from typing import Any

import pytest

from tests.skuapi.edge import Edge
from tests.tiny_release import SKUS

Answer = dict[str, Any]


@pytest.fixture(scope="module")
def everything(edge: Edge) -> Answer:
    return answer(edge, sku_conf=0, det_conf=0)


@pytest.fixture(scope="module")
def middle(everything: Answer) -> float:
    """A threshold that parts the facings of the photo."""
    confidences = sorted({detection["sku_conf"] for detection in everything["detections"]})
    return sum(confidences[len(confidences) // 2 - 1 : len(confidences) // 2 + 1]) / 2


def answer(edge: Edge, **changes: Any) -> Answer:
    response = edge.predict(**{"return_annotated": False, **changes})
    assert response.status_code == 200, response.text
    body: Answer = response.json()
    return body


def test_boxes_are_four_whole_numbers_inside_the_image(everything: Answer) -> None:
    for detection in everything["detections"]:
        x1, y1, x2, y2 = detection["bbox"]
        assert {type(value) for value in detection["bbox"]} == {int}
        assert 0 <= x1 < x2 <= 320
        assert 0 <= y1 < y2 <= 240


def test_detections_stand_in_the_order_of_the_detectors_confidence(everything: Answer) -> None:
    confidences = [detection["yolo_conf"] for detection in everything["detections"]]
    assert len(confidences) > 4
    assert confidences == sorted(confidences, reverse=True)


def test_confidences_are_fractions(everything: Answer) -> None:
    for detection in everything["detections"]:
        assert 0 <= detection["yolo_conf"] <= 1
        assert 0 <= detection["sku_conf"] <= 1


def test_a_det_conf_of_one_finds_nothing_and_says_so_in_the_same_shape(edge: Edge) -> None:
    assert answer(edge, det_conf=1) == {
        "success": True,
        "detections": [],
        "analysis": {
            "total": 0,
            "detected": 0,
            "counts": dict.fromkeys(SKUS, 0),
            "sos": dict.fromkeys(SKUS, 0.0),
            "osa": dict.fromkeys(SKUS, 0),
        },
    }


def test_a_sku_conf_of_zero_classifies_everything(everything: Answer) -> None:
    analysis = everything["analysis"]
    assert analysis["total"] == analysis["detected"] == len(everything["detections"])


def test_a_sku_conf_of_one_classifies_nothing_but_detects_the_same(edge: Edge, everything: Answer) -> None:
    body = answer(edge, sku_conf=1)
    assert (body["detections"], body["analysis"]["total"]) == ([], 0)
    assert body["analysis"]["detected"] == everything["analysis"]["detected"]


def test_the_defaults_are_a_half_and_a_quarter(edge: Edge) -> None:
    assert answer(edge) == answer(edge, sku_conf=0.5, det_conf=0.25, show_unknown=False)


def test_detections_below_sku_conf_are_left_out(edge: Edge, everything: Answer, middle: float) -> None:
    body = answer(edge, sku_conf=middle)
    sure = [detection for detection in everything["detections"] if detection["sku_conf"] >= middle]
    assert 0 < len(sure) < len(everything["detections"])
    assert body["detections"] == sure


def test_show_unknown_lists_them_with_their_best_confidence(edge: Edge, everything: Answer, middle: float) -> None:
    listed = answer(edge, sku_conf=middle, show_unknown=True)["detections"]
    unsure = [detection for detection in everything["detections"] if detection["sku_conf"] < middle]
    assert [found for found in listed if found["sku"] == "unknown"] == [{**one, "sku": "unknown"} for one in unsure]
    assert len(listed) == len(everything["detections"])


def test_total_and_detected_do_not_depend_on_show_unknown(edge: Edge, middle: float) -> None:
    without, with_unknown = (answer(edge, sku_conf=middle, show_unknown=flag)["analysis"] for flag in (False, True))
    assert [without[name] for name in ("total", "detected")] == [with_unknown[name] for name in ("total", "detected")]
    assert without["total"] < without["detected"]


def test_show_unknown_adds_one_entry_to_counts_and_shares_and_none_to_availability(edge: Edge, middle: float) -> None:
    without, with_unknown = (answer(edge, sku_conf=middle, show_unknown=flag)["analysis"] for flag in (False, True))
    unknown = without["detected"] - without["total"]
    share = round(100 * unknown / without["detected"], 2)
    assert with_unknown["counts"] == {**without["counts"], "unknown": unknown}
    assert with_unknown["sos"] == {**without["sos"], "unknown": share}
    assert with_unknown["osa"] == without["osa"]


@pytest.mark.parametrize("show_unknown", [False, True])
def test_the_unknown_entry_stands_whether_or_not_anything_is_unknown(edge: Edge, show_unknown: bool) -> None:
    counts = answer(edge, sku_conf=0, show_unknown=show_unknown)["analysis"]["counts"]
    assert counts.get("unknown") == (0 if show_unknown else None)


def test_every_sku_of_the_model_is_listed_zeros_included(everything: Answer) -> None:
    for name in ("counts", "sos", "osa"):
        assert list(everything["analysis"][name]) == list(SKUS)
    assert 0 in everything["analysis"]["counts"].values()


def test_shares_are_of_all_detected_facings_to_two_decimals(edge: Edge, middle: float) -> None:
    analysis = answer(edge, sku_conf=middle)["analysis"]
    expected = {sku: round(100 * count / analysis["detected"], 2) for sku, count in analysis["counts"].items()}
    assert analysis["sos"] == expected
    assert {type(share) for share in analysis["sos"].values()} == {float}


def test_with_unknown_the_shares_come_to_a_hundred(edge: Edge, middle: float) -> None:
    shares = answer(edge, sku_conf=middle, show_unknown=True)["analysis"]["sos"]
    assert sum(shares.values()) == pytest.approx(100, abs=0.02)


def test_availability_is_one_for_what_was_found_and_zero_for_the_rest(edge: Edge, middle: float) -> None:
    analysis = answer(edge, sku_conf=middle, show_unknown=True)["analysis"]
    assert analysis["osa"] == {sku: int(analysis["counts"][sku] > 0) for sku in SKUS}


def test_counts_are_those_of_the_detections(everything: Answer) -> None:
    found = [detection["sku"] for detection in everything["detections"]]
    assert everything["analysis"]["counts"] == {sku: found.count(sku) for sku in SKUS}
