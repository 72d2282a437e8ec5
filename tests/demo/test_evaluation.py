"""The figures of the model card: right on cases that can be counted by hand."""

from pathlib import Path

import numpy as np
import pytest
import torch

from demo.catalogues import JORDINA
from demo.evaluation.detectors import ap50, start
from demo.evaluation.figures import detection_ap50, figures, sos_error_points, with_interval
from demo.evaluation.reading import Answer, ShelfRead, open_catalogue, read_photo
from demo.evaluation.rivals import labelled
from demo.shelves import easy, hard
from inference.detector import Detector
from inference.weights import tensors

APPLE, LARGE_APPLE, ORANGE = "JORDINA_APPLE_500ML", "JORDINA_APPLE_1500ML", "JORDINA_ORANGE_500ML"
ANSWERS = (
    Answer(APPLE, APPLE, 0.9),
    Answer(APPLE, LARGE_APPLE, 0.8),
    Answer(ORANGE, ORANGE, 0.4),
    Answer(ORANGE, APPLE, 0.3),
    Answer(None, APPLE, 0.2),
    Answer(None, APPLE, 0.7),
)
READ = ShelfRead((0.9, 0.8, 0.7), (True, False, True), 4, ANSWERS, 1.5, 0.1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("detection_ap50", 0.25 + 0.25 * 2 / 3),
        ("detection_recall", 6 / 4),
        ("sku_top1", 0.5),
        ("wrong_in_size_alone", 0.5),
        ("known_kept", 0.5),
        ("unknown_rejected", 0.5),
        ("named_right", 1 / 3),
        ("sos_error_points", 1.5),
    ],
)
def test_a_figure_is_what_counting_by_hand_gives(name: str, value: float) -> None:
    assert figures([READ])[name].value == pytest.approx(value)


def test_an_interval_holds_the_value_and_narrows_with_more_photos() -> None:
    rng = np.random.default_rng(0)
    shelves = [ShelfRead((), (), 1, (), float(rng.normal(3, 1)), 0.1) for _ in range(200)]
    few, many = (with_interval(sos_error_points, shelves[:count]) for count in (10, 200))
    assert many.low < many.value < many.high
    assert many.high - many.low < few.high - few.low


def test_a_shelf_is_read_by_the_code_that_serves() -> None:
    photo = easy(JORDINA, 0)
    read = read_photo(photo, *open_catalogue(JORDINA))
    assert read.facings == len(photo.facings)
    assert sum(read.right) <= read.facings
    assert {answer.truth for answer in read.answers} <= {facing.sku for facing in photo.facings}


def test_average_precision_of_a_detector_is_that_of_reading_the_shelf() -> None:
    photo, network = easy(JORDINA, 0), start()
    detector = Detector(network.spec, tensors(network.weights), torch.device("cpu"))
    read = detection_ap50([read_photo(photo, *open_catalogue(JORDINA))])
    assert ap50([photo], detector) == pytest.approx(read, abs=0.02)


def test_shelves_with_rivals_have_labels_for_the_brand_alone(tmp_path: Path) -> None:
    photo = hard(JORDINA, 0)
    shelf = labelled(photo, tmp_path / "shelf.jpg")
    assert len(shelf.boxes) == sum(facing.sku is not None for facing in photo.facings) < len(photo.facings)
