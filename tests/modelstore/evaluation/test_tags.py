"""Answers about tags: kept as outcomes, told tag by tag."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import precision_score, recall_score, roc_auc_score

from inference.errors import ReleaseRefused
from modelstore.evaluation.answers import Answers
from modelstore.evaluation.changes import changes
from modelstore.evaluation.confusions import twins
from modelstore.evaluation.estimates import estimates
from modelstore.evaluation.figures import figures
from modelstore.evaluation.paired import paired
from modelstore.evaluation.report import Learnt, Report, report_from
from modelstore.evaluation.summary import summarised
from modelstore.evaluation.tags import mean_auroc, outcomes, tag_answers, tag_calibration, tag_figures
from tests.modelstore.evaluation.reports import digest

TAGS = ("dent", "stain")
COUNT = 60


def truth() -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    return np.random.default_rng(1).random((COUNT, 2)) < 0.4


def sure(noise: float = 0.3, seed: int = 2) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    noisy = truth() * 0.6 + 0.2 + np.random.default_rng(seed).normal(0, noise, (COUNT, 2))
    return np.clip(noisy, 0.01, 0.99)


def named(noise: float = 0.3, seed: int = 2) -> Answers:
    photos = [digest(number) for number in range(COUNT)]
    return tag_answers(sure(noise, seed), truth(), np.ones((COUNT, 2), bool), photos)


def report(noise: float = 0.3, seed: int = 2, tags: tuple[str, ...] = TAGS) -> Report:
    given = named(noise, seed)
    judged = tag_calibration(given)
    measured = figures(given, judged, "multi_label") | mean_auroc(given, len(tags))
    return Report("photos", outcomes(tags), measured, given, judged, task="multi_label")


def test_behind_the_tags_stand_their_opposites() -> None:
    assert outcomes(TAGS) == ("dent", "stain", "no dent", "no stain")


def test_opposites_have_names_of_their_own() -> None:
    assert len(set(outcomes(("dent", "no dent")))) == 4


def test_figures_of_each_tag_are_those_of_scikit_learn() -> None:
    for column, tag in enumerate(tag_figures(named(), outcomes(TAGS))):
        has, score = truth()[:, column], sure()[:, column]
        assert tag.precision
        assert tag.recall
        assert tag.auroc
        assert tag.precision.value == pytest.approx(precision_score(has, score >= 0.5), abs=1e-3)
        assert tag.recall.value == pytest.approx(recall_score(has, score >= 0.5), abs=1e-3)
        assert tag.auroc.value == pytest.approx(roc_auc_score(has, score), abs=1e-3)
        assert (tag.having, tag.lacking) == (has.sum(), COUNT - has.sum())


def test_intervals_hold_the_figure() -> None:
    for tag in tag_figures(named(), outcomes(TAGS)):
        for figure in (tag.precision, tag.recall, tag.auroc):
            assert figure
            assert figure.low <= figure.value <= figure.high


def test_calibration_is_of_the_tags_themselves() -> None:
    judged = tag_calibration(named())
    np.testing.assert_allclose(judged.confidences, sure().ravel(), atol=1e-3)
    np.testing.assert_array_equal(judged.right, truth().ravel())


def test_a_tag_that_was_not_asked_about_is_left_out() -> None:
    asked = np.ones((COUNT, 2), bool)
    asked[:, 1] = False
    given = tag_answers(sure(), truth(), asked, [digest(number) for number in range(COUNT)])
    _, stain = tag_figures(given, outcomes(TAGS))
    assert (len(given), stain.having, stain.auroc) == (COUNT, 0, None)


def test_a_report_of_tags_read_back_says_the_same() -> None:
    told = replace(report(), asked=(Learnt(digest(1), "tagged", marks=(("dent", True), ("stain", False))),))
    again = report_from(told.dumps())
    assert (again.task, again.asked) == ("multi_label", told.asked)
    assert estimates(again)["mean_auroc"].value == pytest.approx(estimates(told)["mean_auroc"].value)


@pytest.mark.parametrize(
    "change",
    [
        lambda told: replace(told, skus=told.skus[:3]),
        lambda told: replace(told, answers=replace(told.answers, places=told.answers.places + 7)),
        lambda told: replace(told, answers=replace(told.answers, truth=1 - told.answers.truth % 2)),
        lambda told: replace(told, task="segmentation"),
    ],
)
def test_a_report_whose_answers_do_not_fit_its_tags_is_refused(change: object) -> None:
    with pytest.raises(ReleaseRefused, match="no report"):
        report_from(change(report()).dumps())  # type: ignore[operator]


def test_figures_of_products_are_not_told_of_tags() -> None:
    assert set(estimates(report())) == {"top1", "coverage_at_95_precision", "ece", "mean_auroc"}


def test_a_tag_and_its_opposite_are_no_twins() -> None:
    assert twins(report(noise=2.0)) == []


def test_a_release_that_tells_tags_worse_is_found_worse() -> None:
    assert paired(report(noise=0.05), report(noise=0.8)).top1.worse
    assert not paired(report(noise=0.05), report(noise=0.05, seed=3)).top1.worse


def test_tags_are_compared_by_name_wherever_they_stand() -> None:
    one, other = report(), report(tags=("stain", "dent"))
    assert paired(one, other).missing == ()
    swapped = replace(other, answers=_swapped(other.answers))
    assert paired(one, swapped).answers == 2 * COUNT


def _swapped(given: Answers) -> Answers:
    """The same answers, with the columns of the two tags the other way round."""
    rows = np.array([1, 0, 3, 2])
    best = np.where(given.best >= 0, rows[given.best], given.best)
    return replace(given, places=1 - given.places, truth=rows[given.truth], best=best)


def test_what_another_release_got_wrong_can_be_shown_by_its_photo() -> None:
    assert all(change.whole for change in changes(report(noise=0.05), report(noise=0.8)).lost)


def test_photos_with_and_without_a_tag_are_counted() -> None:
    learnt = [Learnt(digest(row), "tagged", marks=(("dent", row < 2), ("stain", False))) for row in range(5)]
    told = replace(report(), learnt=tuple(learnt), fingerprints=np.zeros((5, 768), np.uint8))
    assert [sku.photos for sku in summarised(told, "A/B@1").skus] == [2, 0, 3, 5]
