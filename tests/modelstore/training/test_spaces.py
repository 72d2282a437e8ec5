"""The linear classifier for few photos, and the figures that are told of it."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from modelstore.evaluation import metrics
from modelstore.training.cross_validation import answers, folds, strangers
from modelstore.training.reference_classifier import fit_references
from modelstore.training.spaces import WAYS, discriminant

Features = NDArray[np.float32]
Labels = NDArray[np.int64]
NONE = np.zeros((0, 64), np.float32)


def photos(skus: int, each: int, seed: int, dimensions: int = 64) -> tuple[Features, Labels]:
    """Photos of one SKU differ much in half the directions and little in the others, which no axis shows."""
    rng = np.random.default_rng(7)
    middles = rng.normal(size=(skus, dimensions))
    spread = np.where(np.arange(dimensions) % 2, 3.0, 0.5)
    turn = np.linalg.qr(rng.normal(size=(dimensions, dimensions)))[0]
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(skus), each)
    return ((middles[labels] + spread * rng.normal(size=(len(labels), dimensions))) @ turn).astype(np.float32), labels


@pytest.mark.parametrize("each", [3, 8, 20])
def test_it_knows_more_unseen_photos_than_scaled_logistic_regression(each: int) -> None:
    learnt, labels = photos(20, each, seed=1)
    unseen, truth = photos(20, 40, seed=2)
    ours = discriminant(learnt, labels).fitted(learnt, labels, 0.1).logits(unseen).argmax(axis=1)
    scaled = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000)).fit(learnt, labels)
    assert (ours == truth).mean() > scaled.score(unseen, truth)


def test_where_photos_differ_alike_in_all_directions_they_are_scaled_and_better_known() -> None:
    """What few photos say of the spread within SKUs is noise there."""
    rng = np.random.default_rng(1)
    middles, labels, truth = rng.normal(size=(20, 256)), np.repeat(np.arange(20), 10), np.repeat(np.arange(20), 40)
    learnt, unseen = (
        (middles[owner] + 2.5 * rng.normal(size=(len(owner), 256))).astype(np.float32) for owner in (labels, truth)
    )
    trained = fit_references(learnt, labels, learnt[:0], {"dinov2": slice(0, 256)}).regression
    ours = (unseen @ trained.coefficients.T + trained.intercepts).argmax(axis=1)
    bound = [
        way.space(learnt, labels).fitted(learnt, labels, way.strength).logits(unseen).argmax(axis=1)
        for way in WAYS
        if way.space is discriminant
    ]
    assert (ours == truth).mean() > max((answer == truth).mean() for answer in bound)


def test_two_skus_are_told_apart_by_two_rows() -> None:
    learnt, labels = photos(2, 10, seed=1)
    linear = discriminant(learnt, labels).fitted(learnt, labels, 1.0)
    assert linear.weight.shape == (2, 64)
    assert (linear.logits(learnt).argmax(axis=1) == labels).all()


def test_photos_that_are_all_alike_do_no_harm() -> None:
    labels = np.repeat([0, 1], 3)
    features = np.eye(2, 8, dtype=np.float32)[labels]
    for way in WAYS:
        linear = way.space(features, labels).fitted(features, labels, way.strength)
        assert (linear.logits(features).argmax(axis=1) == labels).all()


def test_labels_without_meaning_are_answered_no_better_than_by_chance() -> None:
    features = np.random.default_rng(0).normal(size=(400, 64)).astype(np.float32)
    labels = np.arange(400) % 10
    split = folds(labels)
    for logits in answers(features, labels, split).values():
        assert (logits.argmax(axis=1) == labels).mean() < 0.2


def test_each_photo_is_asked_about_once_and_never_by_who_saw_it() -> None:
    split = folds(photos(4, 7, seed=1)[1])
    assert sorted(np.concatenate([fold.asked for fold in split])) == list(range(28))
    assert all(not set(fold.asked) & set(fold.learnt) for fold in split)


def test_a_stranger_knows_nothing_of_the_skus_left_out() -> None:
    features, labels = photos(10, 6, seed=1)
    seen = strangers(features, labels, NONE, folds(labels), WAYS[0])
    left_out = {int(label) for one in seen for label in one.labels[~one.known]}
    assert left_out == set(range(10))
    assert all(np.isneginf(one.logits[:, np.unique(one.labels[~one.known])]).all() for one in seen)


def test_products_of_skus_left_out_are_told_from_known_ones() -> None:
    features, labels = photos(30, 8, seed=1)
    assert fit_references(features / 3, labels, NONE, {"dinov2": slice(0, 64)}).metrics["unknown_auroc"] > 0.6


def test_with_three_skus_and_no_negatives_nothing_is_learnt_of_unknown_products() -> None:
    features, labels = photos(3, 8, seed=1)
    trained = fit_references(features, labels, NONE, {"dinov2": slice(0, 64)})
    assert trained.regression.familiarity is None
    assert "unknown_auroc" not in trained.metrics


def test_coverage_is_the_share_that_can_be_kept_at_that_precision() -> None:
    right = np.array([True] * 19 + [False] + [True] * 10 + [False] * 10)
    assert metrics.coverage(np.linspace(1, 0, 40), right, 0.95) == 0.75


def test_calibration_error_is_the_distance_from_what_was_promised() -> None:
    confidences = np.array([0.9] * 10)
    assert metrics.calibration_error(confidences, np.array([True] * 9 + [False])) == pytest.approx(0.0)
    assert metrics.calibration_error(confidences, np.array([True] * 5 + [False] * 5)) == pytest.approx(0.4)


def test_fpr95_is_the_share_of_others_that_pass() -> None:
    known = np.array([True] * 100 + [False] * 100)
    scores = np.concatenate([np.linspace(0.5, 1, 100), np.linspace(0, 0.6, 100)])
    assert metrics.false_positive_rate(scores, known) == pytest.approx(0.13, abs=0.03)
