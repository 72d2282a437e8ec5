"""What is downloaded as JSON."""

import json
from dataclasses import replace
from typing import Any

import pytest

from modelstore.evaluation.report import Learnt, Report
from modelstore.evaluation.summary import summarised
from tests.modelstore.evaluation.reports import digest, report, unasked

RED, GREEN, BLUE = range(3)
LEARNT = (
    Learnt(digest(90), "reference", "RED"),
    Learnt(digest(91), "negative"),
    Learnt(digest(92), "shelf", None, ((0, 0, 1, 1, "RED"), (0, 0, 1, 1, "RED"), (0, 0, 1, 1, None))),
)
SAID = [(RED, GREEN), (RED, GREEN), (RED, RED), (GREEN, RED), (GREEN, GREEN), (-1, BLUE)]


def told(given: Report) -> Any:
    return json.loads(summarised(given, "TINY/ONE@1").dumps())


@pytest.fixture
def document() -> Any:
    return told(replace(report(SAID, learnt=LEARNT), pictures={"answer.1": b"", "sku.0": b""}))


def test_it_tells_what_was_asked(document: Any) -> None:
    assert document["release"] == "TINY/ONE@1"
    assert document["measured"] == {"kind": "photos", "photos": 6, "products": 6, "of_skus": 5, "strangers": 1}


def test_it_tells_what_was_learnt_from(document: Any) -> None:
    assert document["learnt_from"] == {"reference": 1, "negative": 1, "shelf": 1, "tagged": 0}
    assert document["skus"][0] == {"name": "RED", "asked": 3, "right": 1, "photos": 1, "facings": 2}


def test_it_has_figures_with_intervals(document: Any) -> None:
    assert document["figures"]["top1"]["value"] == 0.4
    assert document["figures"]["top1"]["low"] < 0.4 < document["figures"]["top1"]["high"]


def test_it_names_confusions_and_the_pictures_there_are(document: Any) -> None:
    assert document["confusions"][0] == {
        "sku": "RED", "taken_for": "GREEN", "count": 2, "of": 3, "pictures": ["answer.1"], "own": "sku.0", "other": "",
    }  # fmt: skip


def test_it_names_weak_skus_and_what_helps(document: Any) -> None:
    assert [weak["name"] for weak in document["weak"]] == ["BLUE", "RED", "GREEN"]
    assert "Mostly taken for GREEN" in document["weak"][1]["advice"]


def test_it_names_what_may_be_one_product(document: Any) -> None:
    assert [(pair["one"], pair["other"]) for pair in document["twins"]] == [("RED", "GREEN")]


def test_it_has_the_points_of_both_plots(document: Any) -> None:
    assert document["reliability"]["tenths"][-1]["answers"] == 6
    assert document["precision"][-1]["coverage"] == 1


def test_of_nothing_asked_it_is_a_document_all_the_same() -> None:
    document = told(unasked())
    assert (document["figures"], document["reliability"], document["precision"]) == ({}, None, [])
    assert len(document["weak"]) == 3
