"""The figures of the model card: right on cases that can be counted by hand."""

import numpy as np
import pytest

from demo.catalogues import JORDINA
from demo.evaluation.figures import figures, sos_error_points, with_interval
from demo.evaluation.reading import Answer, ShelfRead, open_catalogue, read_photo
from demo.shelves import easy

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
