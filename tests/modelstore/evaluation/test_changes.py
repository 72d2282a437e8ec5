"""What one release names rightly and the other does not."""

from dataclasses import replace

from modelstore.evaluation.changes import SkuChange, changes
from tests.modelstore.evaluation.reports import digest, on_photos, report

RED, GREEN, BLUE = range(3)
BEFORE = report([(RED, RED), (RED, RED), (GREEN, RED), (BLUE, BLUE)])
AFTER = report([(RED, GREEN), (RED, RED), (GREEN, GREEN), (BLUE, BLUE)])


def test_what_only_the_first_knew_is_lost() -> None:
    (lost,) = changes(BEFORE, AFTER).lost
    assert (lost.sku, lost.said, lost.photo, lost.whole) == ("RED", "GREEN", digest(1), True)
    assert lost.pictures == ("answer.0", "answer.0")


def test_what_only_the_second_knows_is_won() -> None:
    (won,) = changes(BEFORE, AFTER).won
    assert (won.sku, won.said, won.photo) == ("GREEN", "RED", digest(3))


def test_a_product_among_others_is_not_the_whole_photo() -> None:
    (lost,) = changes(on_photos(BEFORE, 2), on_photos(AFTER, 2)).lost
    assert not lost.whole


def test_the_sku_that_lost_most_comes_first() -> None:
    assert changes(BEFORE, AFTER).skus == (
        SkuChange("RED", 2, 2, 1), SkuChange("BLUE", 1, 1, 1), SkuChange("GREEN", 1, 0, 1),
    )  # fmt: skip


def test_pictures_are_looked_for_where_each_release_has_them() -> None:
    later = replace(AFTER, answers=report([(BLUE, BLUE), (RED, GREEN)], first=0).answers)
    (lost,) = changes(BEFORE, later).lost
    assert lost.pictures == ("answer.0", "answer.1")
