"""Two releases side by side."""

from dataclasses import replace

from django.template.loader import render_to_string

from modelstore.evaluation.page.compared import Compared, compared
from modelstore.evaluation.page.document import page_of
from modelstore.evaluation.page.pictures import Picture
from modelstore.evaluation.report import Report
from tests.modelstore.evaluation.page.test_document import EVIL
from tests.modelstore.evaluation.reports import SKUS, jpeg, on_photos, report

RED, GREEN = 0, 1
SOUND, POOR = ([(RED, RED)] * (40 - wrong) + [(RED, GREEN)] * wrong for wrong in (0, 12))
KEPT = Picture("data:image/jpeg;base64,kept", 1, 1)


def side_by_side(one: Report, other: Report, photo: Picture | None = None) -> Compared:
    return compared((one, page_of(one, "TINY/ONE@1")), (other, page_of(other, "TINY/ONE@2")), lambda _: photo)


def html(found: Compared) -> str:
    return render_to_string("modelstore/report/compared.html", {"compared": found})


def test_a_worse_candidate_is_said_to_be_worse() -> None:
    found = side_by_side(report(SOUND), report(POOR))
    assert found.opening.startswith(
        "Both were asked about 40 products on 40 photos. On these, TINY/ONE@2 is worse in top-1"
    )
    row = found.same[0]
    assert (row.one, row.other, row.difference, row.verdict) == ("100\u00a0%", "70.0\u00a0%", "−30.0", "worse")


def test_a_better_candidate_is_said_to_be_better() -> None:
    assert "TINY/ONE@2 is better in top-1" in side_by_side(report(POOR), report(SOUND)).opening


def test_what_may_be_chance_is_neither() -> None:
    found = side_by_side(report(SOUND), report([*SOUND[:39], (RED, GREEN)]))
    assert "neither better nor worse than chance explains" in found.opening
    assert {row.verdict for row in found.same} == {"may be chance"}


def test_without_common_photos_nothing_is_claimed() -> None:
    found = side_by_side(report(SOUND), report(POOR, first=500))
    assert "no figure below can be compared" in found.opening
    assert list(found.same) == []
    assert "On the same photos" not in html(found)


def test_skus_that_one_does_not_know_are_named() -> None:
    page = html(side_by_side(report(SOUND), report(SOUND, skus=("RED", "PINK", EVIL))))
    assert "Only @1: BLUE, GREEN." in page
    assert "Only @2: &lt;script&gt;" in page


def test_each_sku_stands_with_what_either_names_rightly() -> None:
    found = side_by_side(report(SOUND), report(POOR))
    assert (found.skus[0].sku, found.skus[0].same_one, found.skus[0].same_other, found.skus[0].less) == (
        "RED", "40 of 40", "28 of 40", True,
    )  # fmt: skip
    assert (found.skus[1].sku, found.skus[1].same_one, found.skus[1].one) == ("BLUE", "", "")


def test_lost_photos_are_shown_and_counted() -> None:
    found = side_by_side(report(SOUND), report(POOR), KEPT)
    assert (len(found.lost), found.lost_more, len(found.won)) == (8, 4, 0)
    assert {seen.picture for seen in found.lost} == {KEPT}


def test_a_picture_of_either_report_comes_before_the_kept_photo() -> None:
    poor = replace(report(POOR), pictures={"answer.28": jpeg()})
    shown = [seen.picture for seen in side_by_side(report(SOUND), poor, KEPT).lost]
    assert [picture == KEPT for picture in shown] == [False] + [True] * 7


def test_a_whole_shelf_is_no_picture_of_a_product() -> None:
    found = side_by_side(on_photos(report(SOUND), 10), on_photos(report(POOR), 10), KEPT)
    assert {seen.picture for seen in found.lost} == {None}


def test_both_reliability_diagrams_are_there_under_names_of_their_own() -> None:
    page = html(side_by_side(report(SOUND), report(POOR)))
    assert page.count('id="one-reliability-title"') == page.count('id="other-reliability-title"') == 1


def test_names_are_only_text() -> None:
    evil = replace(report(POOR), skus=(EVIL, SKUS[1], SKUS[2]))
    assert "<script" not in html(side_by_side(evil, replace(report(SOUND), skus=evil.skus)))
