"""What labelled shelves teach, on shelves of plain boxes with embeddings made up for them."""

from dataclasses import replace

import numpy as np
import pytest

from inference.head import surest
from modelstore.errors import TrainingRefused
from modelstore.training.classifier import Crops, judged
from modelstore.training.labelled_shelf import NOTHING, OTHER, LabelledShelf
from modelstore.training.shelf_classifier import fit_shelves
from tests.inference.shelf.shelves import CAN, LARGE, SIZE, SMALL, row

SKUS = ["SMALL", "LARGE", "CAN"]
NO_CROPS = Crops(np.zeros((0, 6), np.float32), np.zeros(0, np.int64))
LOOKS = {SMALL: [1, 0, 0, 0, 0, 0], LARGE: [1, 0, 0, 0, 0, 0], CAN: [0, 1, 0, 0, 0, 0], OTHER: [0, 0, 1, 0, 0, 0]}
"""Bottles in two sizes look alike."""


def shelf(products: list[int], seed: int) -> LabelledShelf:
    rng = np.random.default_rng(seed)
    found = row([CAN if product == OTHER else product for product in products], rng.uniform(0.5, 1.2))
    found[:, 1] -= rng.normal(scale=2, size=len(found))
    looks = np.array([LOOKS[product] for product in products]) + rng.normal(scale=0.08, size=(len(products), 6))
    return LabelledShelf(found, SIZE, looks.astype(np.float32), np.array(products))


def shelves(count: int = 12) -> list[LabelledShelf]:
    rng = np.random.default_rng(3)
    return [shelf([CAN, SMALL, LARGE, *rng.choice([SMALL, LARGE, CAN, OTHER], 5)], seed) for seed in range(count)]


def test_sizes_that_look_alike_are_told_apart_on_new_shelves() -> None:
    regression = fit_shelves(shelves(), SKUS, NO_CROPS).regression
    answers, truth = judged(regression, [shelf([LARGE, CAN, SMALL, LARGE, SMALL, CAN], 99)], 3)
    assert surest(answers, 3)[0].tolist() == truth.tolist()


def test_other_products_get_no_confident_name() -> None:
    regression = fit_shelves(shelves(), SKUS, NO_CROPS).regression
    answers, _ = judged(regression, [shelf([CAN, OTHER, SMALL, OTHER], 98)], 3)
    assert (surest(answers, 3)[1] >= 0.5).tolist() == [True, False, True, False]


def test_shelves_without_any_of_the_skus_teach_what_is_none_of_them() -> None:
    strange = [shelf([OTHER, OTHER, OTHER], seed) for seed in range(3)]
    trained = fit_shelves([*strange, *[shelf([CAN, SMALL, LARGE] * 2, seed) for seed in range(9)]], SKUS, NO_CROPS)
    assert trained.metrics["shelves"] == 9
    assert trained.regression.reject


def test_each_encoder_is_measured_without_the_other() -> None:
    """The one sees which of two flavours is in a can, the other noise; sizes are known to both."""
    flavours = [replace(shelf, labels=np.where(shelf.labels == OTHER, 3, shelf.labels)) for shelf in shelves()]
    columns = {"dinov2": slice(0, 3), "open_clip": slice(3, 6)}
    found = fit_shelves(flavours, [*SKUS, "LEMON_CAN"], NO_CROPS, encoders=columns).metrics
    assert found["top1_dinov2_alone"] == found["top1"]
    assert found["top1_open_clip_alone"] < 0.9 * found["top1"]


def test_shelves_that_the_detector_did_not_learn_from_are_held_out() -> None:
    unlearnt = [number in (1, 4) for number in range(12)]
    found = fit_shelves(shelves(), SKUS, NO_CROPS, unlearnt=unlearnt)
    assert found.metrics["crops"] == sum(
        len(shelf.labels) for shelf, out in zip(shelves(), unlearnt, strict=True) if out
    )


def test_a_detector_that_finds_nothing_on_the_shelves_held_out_is_not_enough() -> None:
    bare = [shelf([OTHER, OTHER, OTHER], 50), *shelves(8)]
    with pytest.raises(TrainingRefused, match="left to be held out"):
        fit_shelves(bare, SKUS, NO_CROPS, unlearnt=[True] + [False] * 8)


def test_a_sku_without_a_crop_is_named() -> None:
    with pytest.raises(TrainingRefused, match="Too little is shown of JUG"):
        fit_shelves(shelves(), [*SKUS, "JUG"], NO_CROPS)


def test_a_sku_may_be_known_from_reference_photos_alone() -> None:
    jug = Crops(np.tile(np.float32([0, 0, 0, 1, 0, 0]), (3, 1)), np.full(3, 3))
    regression = fit_shelves(shelves(), [*SKUS, "JUG"], jug).regression
    assert regression.coefficients.shape[0] == 5


def test_shelves_on_which_nothing_was_found_do_not_count() -> None:
    empty = LabelledShelf(np.zeros((0, 5)), SIZE, np.zeros((0, 6), np.float32), np.zeros(0, np.int64))
    nothing = LabelledShelf(row([CAN], 1.0), SIZE, np.zeros((1, 6), np.float32), np.array([NOTHING]))
    with pytest.raises(TrainingRefused, match="on 3 shelf photos; 4 are needed"):
        fit_shelves([empty, nothing, *shelves(3)], SKUS, NO_CROPS)
