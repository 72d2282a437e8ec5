"""Every third photo measures what was learnt from the others."""

from modelstore.training.held_out import every_third


def test_every_third_photo_that_tells_something_is_held_out() -> None:
    assert every_third([True] * 7) == (False, False, True, False, False, True, False)


def test_photos_that_tell_nothing_are_never_held_out_and_do_not_count() -> None:
    assert every_third([True, False, True, False, True]) == (False, False, False, False, True)


def test_near_duplicates_are_held_out_together() -> None:
    assert every_third([True] * 6, [0, 1, 2, 2, 4, 5]) == (False, False, True, True, False, False)
