"""The release that the demo serves, on the photo that the demo shows."""

import json

import pytest
import torch
from PIL import Image

from demo.catalogues import JORDINA
from demo.evaluation.reading import open_catalogue
from demo.photo import PHOTO
from inference.matching import match
from inference.pipeline import Stopwatch, read_shelf
from inference.results import Options, Reading


@pytest.fixture(scope="module")
def reading() -> Reading:
    models, release = open_catalogue(JORDINA)
    return read_shelf(models, release, Image.open(PHOTO).convert("RGB"), Options(), Stopwatch())


@pytest.fixture(scope="module")
def answers(reading: Reading) -> list[tuple[str | None, str, float]]:
    """For every facing that was found: the true SKU, the answer and its confidence."""
    truth = json.loads(PHOTO.with_suffix(".truth.json").read_text())
    found = torch.tensor([facing.box for facing in reading.facings], dtype=torch.float32)
    owners = match(found, torch.tensor([facing["box"] for facing in truth])).facing.tolist()
    pairs = zip(reading.facings, owners, strict=True)
    return [(truth[owner]["sku"], facing.sku, facing.sku_conf) for facing, owner in pairs if owner >= 0]


def test_the_release_names_exactly_the_catalogue(reading: Reading) -> None:
    assert set(reading.skus) == set(JORDINA.skus)


def test_nearly_every_facing_of_the_demo_photo_is_found(answers: list[tuple[str | None, str, float]]) -> None:
    truth = json.loads(PHOTO.with_suffix(".truth.json").read_text())
    assert len(answers) >= 0.95 * len(truth)


def test_nine_in_ten_known_facings_are_named_rightly(answers: list[tuple[str | None, str, float]]) -> None:
    known = [(true, answer) for true, answer, confidence in answers if true and confidence >= 0.5]
    assert len(known) >= 20
    assert sum(true == answer for true, answer in known) >= 0.9 * len(known)


def test_no_rival_is_named_as_a_sku(answers: list[tuple[str | None, str, float]]) -> None:
    rivals = [confidence for true, _, confidence in answers if true is None]
    assert len(rivals) >= 3
    assert max(rivals) < 0.5
