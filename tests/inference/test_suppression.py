"""A stricter overlap than the detector's own."""

from inference.results import Facing
from inference.suppression import suppressed

SURE = Facing(0, "A", 0.6, 0.9, (0, 0, 100, 100))
CLOSE = Facing(1, "B", 0.99, 0.5, (10, 0, 110, 100))  # overlaps it by 0.82
APART = Facing(0, "A", 0.7, 0.4, (200, 0, 300, 100))


def test_the_surer_detection_stays_whatever_the_skus() -> None:
    assert suppressed([CLOSE, SURE, APART], 0.5) == (SURE, APART)


def test_boxes_that_overlap_by_less_stay() -> None:
    assert suppressed([SURE, CLOSE, APART], 0.9) == (SURE, CLOSE, APART)


def test_boxes_that_do_not_touch_stay_even_where_nothing_may_overlap() -> None:
    assert suppressed([SURE, APART], 0) == (SURE, APART)


def test_what_was_left_out_leaves_out_nothing_itself() -> None:
    """A row of three, each of which overlaps the next: without the middle one the outer two are apart."""
    row = [
        Facing(0, "A", 0.5, sure, (60 * place, 0, 60 * place + 100, 100)) for place, sure in enumerate((0.9, 0.8, 0.7))
    ]
    assert suppressed(row, 0.2) == (row[0], row[2])


def test_nothing_is_left_of_nothing() -> None:
    assert suppressed([], 0.5) == ()
