"""Whether a photo that waits would be ready in time."""

import time

import pytest

from inference.serving.pace import Pace
from tests.inference.serving.works import work


def pace(*spans: float) -> Pace:
    made = Pace()
    for span in spans:
        made.note(cost=span, span=span)
    return made


def test_before_anything_is_known_nothing_is_too_late() -> None:
    assert not Pace().is_too_late_for(work(seconds=0.01))


def test_a_photo_that_would_take_longer_than_it_has_is_too_late() -> None:
    assert pace(5.0).is_too_late_for(work(seconds=4))


def test_a_photo_that_has_time_enough_is_not() -> None:
    assert not pace(5.0).is_too_late_for(work(seconds=6))


def test_where_photos_take_now_more_and_now_less_one_at_the_edge_is_too_late() -> None:
    assert pace(*[4.0, 6.0] * 20).is_too_late_for(work(seconds=6))


def test_a_queue_full_of_late_photos_changes_little_of_what_is_known() -> None:
    made, late = pace(5.0), work(seconds=0.1)
    for _ in range(64):
        made.is_too_late_for(late)
    assert made.span == pytest.approx(5.0 * 0.9)


def test_what_is_wrong_about_all_photos_is_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made, now = pace(50.0), time.monotonic()
    for second in range(60):
        monkeypatch.setattr(time, "monotonic", lambda second=second: now + second)
        made.is_too_late_for(work(seconds=10))
    assert made.span < 10


def test_a_photo_that_was_not_ready_in_time_says_that_photos_take_longer() -> None:
    made = pace(1.0)
    made.note_unfinished(6.0)
    assert made.span > 1.5


def test_one_that_was_begun_late_says_nothing() -> None:
    made = pace(5.0)
    made.note_unfinished(0.1)
    assert made.span == 5.0
