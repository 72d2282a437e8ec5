"""Fine-tuning finds more on shelves that were not learnt from, or changes nothing."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.bundle import Network
from inference.weights import tensors
from modelstore.errors import TrainingRefused
from modelstore.training.detector.fine_tuning import FineTuned, better, fine_tuned
from modelstore.training.detector.fit import usual_steps
from modelstore.training.detector.precision import Precision
from modelstore.training.held_out import every_third
from modelstore.training.shelf_labels import ShelfPhoto
from tests.modelstore.training.detector.drawn_shelves import CPU, many_classes, packs, photos

HELD_OUT = every_third([True] * 9)


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Sequence[ShelfPhoto]:
    return photos(tmp_path_factory.mktemp("shelves"))


def tuned(shelves: Sequence[ShelfPhoto], steps: int = 10, start: Network | None = None) -> FineTuned:
    return fine_tuned(start or packs(128), shelves, HELD_OUT, CPU, steps)


@pytest.fixture(scope="module")
def improved(shelves: Sequence[ShelfPhoto]) -> FineTuned:
    found = tuned(shelves)
    assert found.used
    return found


def test_average_precision_rises_on_shelves_held_out(improved: FineTuned) -> None:
    assert improved.metrics["detection_ap50"] > improved.metrics["detection_ap50_before"] + 0.3


def test_it_tells_both_figures(improved: FineTuned) -> None:
    assert f"{improved.after.ap50:.1%}, and was {improved.before.ap50:.1%}" in improved.told()


def test_the_fine_tuned_detector_has_the_settings_it_started_with(improved: FineTuned) -> None:
    kept = replace(improved.network.spec, weights="", golden="")
    assert kept == replace(packs(128).spec, weights="", golden="")


def test_weights_are_half_precision_and_golden_answers_small(improved: FineTuned) -> None:
    weights = tensors(improved.network.weights).values()
    assert {weight.dtype for weight in weights} == {torch.float16, torch.int64}
    assert len(improved.network.golden) < 300_000


def test_statistics_of_batch_normalisation_stay_as_they_were(improved: FineTuned) -> None:
    start, now = tensors(packs(128).weights), tensors(improved.network.weights)
    names = [name for name in start if "running_" in name]
    assert names
    assert all(torch.equal(start[name].half(), now[name]) for name in names)


def test_the_same_photos_give_the_same_weights(shelves: Sequence[ShelfPhoto]) -> None:
    first, second = (tuned(shelves, 6).network for _ in range(2))
    assert first == second
    assert first != packs(128)


def test_a_detector_of_many_classes_is_fine_tuned_too(shelves: Sequence[ShelfPhoto]) -> None:
    assert tuned(shelves, start=many_classes(packs(128), 3)).used


def test_a_worse_detector_is_not_used(
    shelves: Sequence[ShelfPhoto], improved: FineTuned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modelstore.training.detector.fit.PEAK_RATE", 0.005)
    found = tuned(shelves, 3, improved.network)
    assert not found.used
    assert found.network is improved.network
    assert found.metrics["detection_ap50"] == found.metrics["detection_ap50_before"]
    assert 0 < found.metrics["detection_ap50_not_used"] < found.metrics["detection_ap50"]
    assert f"is {found.after.ap50:.1%}. The one that it started from has {found.before.ap50:.1%}" in found.told()


def test_a_detector_that_is_sure_of_nothing_is_not_used(
    shelves: Sequence[ShelfPhoto], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would have no golden answers."""
    monkeypatch.setattr("modelstore.training.detector.fit.PEAK_RATE", 0.01)
    assert tuned(shelves, 4).network is packs(128)


@pytest.mark.parametrize(("steps", "when"), [(4, "at step 2"), (1, "at its end")])
def test_numbers_that_run_away_end_in_words(
    shelves: Sequence[ShelfPhoto], monkeypatch: pytest.MonkeyPatch, steps: int, when: str
) -> None:
    monkeypatch.setattr("modelstore.training.detector.fit.PEAK_RATE", 1e12)
    with pytest.raises(TrainingRefused, match=f"ran away {when}"):
        tuned(shelves, steps)


@pytest.mark.parametrize(
    ("before", "after", "which"),
    [
        (Precision(0.5, 40, 40), Precision(0.6, 40, 36), True),
        (Precision(0.5, 40, 40), Precision(0.6, 40, 35), False),
        (Precision(0.5, 3, 3), Precision(0.6, 3, 2), True),
        (Precision(0.5, 0, 0), Precision(0.5, 0, 0), False),
    ],
)
def test_the_better_detector_finds_more_and_overlooks_hardly_anything_else(
    before: Precision, after: Precision, which: bool
) -> None:
    assert better(before, after) == which


def test_a_detector_that_overlooks_other_products_says_so() -> None:
    found = FineTuned(packs(128), False, Precision(0.5, 40, 40), Precision(0.6, 40, 30), 3)
    assert "overlooks 10 of 40 other products" in found.told()


def test_a_photo_that_is_gone_ends_in_words(shelves: Sequence[ShelfPhoto], tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match=r"cannot be fine-tuned: .*gone\.jpg"):
        tuned([replace(shelves[0], path=tmp_path / "gone.jpg"), *shelves[1:]])


def test_shelves_without_boxes_are_learnt_from_as_they_are(shelves: Sequence[ShelfPhoto]) -> None:
    bare = replace(shelves[0], boxes=np.zeros((0, 4)), skus=())
    assert tuned([bare, *shelves[1:]], 4).photos == 3


@pytest.mark.parametrize(("count", "steps"), [(3, 60), (40, 240), (5000, 3000)])
def test_more_photos_are_given_more_steps_within_reason(count: int, steps: int) -> None:
    assert usual_steps(count) == steps
