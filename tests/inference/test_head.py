"""The classifier against scikit-learn's own predict_proba, and the traps on the way there."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from inference.bundle import Regression, head_network
from inference.errors import InvalidOutput, ReleaseRefused
from inference.head import Head, head_from, packed_head, surest
from inference.manifest import HeadSpec, Task
from inference.weights import arrays

SPEC = HeadSpec("", "")


def fitted(classes: int) -> tuple[LogisticRegression, NDArray[np.float32]]:
    rng = np.random.default_rng(classes)
    features = rng.normal(size=(40 * classes, 12)).astype(np.float32)
    labels = np.arange(len(features)) % classes
    features += rng.normal(size=(classes, 12)).astype(np.float32)[labels]
    return LogisticRegression(max_iter=500).fit(features, labels), features[:25]


def packed_and_read(model: LogisticRegression, spec: HeadSpec = SPEC, labels: int | None = None) -> Head:
    stored = arrays(packed_head(model.coef_, model.intercept_))
    return head_from(spec, stored, labels or len(model.classes_))


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_probabilities_are_those_of_scikit_learn(classes: int) -> None:
    model, features = fitted(classes)
    answered = packed_and_read(model).probabilities(features)
    np.testing.assert_allclose(answered, model.predict_proba(features), atol=1e-5)


def test_two_classes_are_stored_as_one_row_and_answered_as_two() -> None:
    model, features = fitted(2)
    assert model.coef_.shape[0] == 1
    assert packed_and_read(model).probabilities(features).shape == (25, 2)


def test_fortran_order_survives_being_stored() -> None:
    model, _ = fitted(3)
    fortran = np.asfortranarray(model.coef_)
    stored = arrays(packed_head(fortran, model.intercept_))["weight"]
    np.testing.assert_array_equal(stored, model.coef_.astype(np.float32))


def test_the_best_class_is_scikit_learns() -> None:
    model, features = fitted(7)
    labels, confidences = surest(packed_and_read(model).probabilities(features), 7)
    np.testing.assert_array_equal(labels, model.predict(features))
    np.testing.assert_allclose(confidences, model.predict_proba(features).max(axis=1), atol=1e-5)


def test_the_reject_row_is_never_an_answer() -> None:
    model, features = fitted(3)
    labels, _ = surest(packed_and_read(model, replace(SPEC, reject=2), labels=2).probabilities(features), 2)
    assert set(labels) <= {0, 1}


def test_the_reject_row_takes_its_share_of_the_probability() -> None:
    model, features = fitted(3)
    _, confidences = surest(packed_and_read(model, replace(SPEC, reject=2), labels=2).probabilities(features), 2)
    np.testing.assert_allclose(confidences, model.predict_proba(features)[:, :2].max(axis=1), atol=1e-5)


def test_temperature_divides_the_logits() -> None:
    model, features = fitted(3)
    logits = model.decision_function(features) / 2.5
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    answered = packed_and_read(model, replace(SPEC, temperature=2.5)).probabilities(features)
    np.testing.assert_allclose(answered, expected, atol=1e-5)


def test_large_logits_do_not_overflow() -> None:
    head = Head(np.full((2, 3), [[900.0], [-900.0]], np.float32), np.zeros(2, np.float32), 1.0, None)
    np.testing.assert_array_equal(head.probabilities(np.ones((1, 3), np.float32)), [[1, 0]])


def test_nan_features_are_an_invalid_output() -> None:
    model, features = fitted(3)
    with pytest.raises(InvalidOutput):
        packed_and_read(model).probabilities(features * np.nan)


def test_no_features_give_no_answers() -> None:
    model, features = fitted(3)
    labels, confidences = surest(packed_and_read(model).probabilities(features[:0]), 3)
    assert len(labels) == len(confidences) == 0


def test_tags_have_the_probabilities_of_one_scikit_learn_model_each() -> None:
    models = [fitted(2)[0], LogisticRegression().fit(fitted(2)[1], np.arange(25) % 2)]
    weight, bias = (np.concatenate([getattr(model, name) for model in models]) for name in ("coef_", "intercept_"))
    network = head_network(Regression(weight, bias, fitted(2)[1]), 2, "multi_label")
    answered = head_from(network.spec, arrays(network.weights), 2, "multi_label").probabilities(fitted(2)[1])
    expected = [model.predict_proba(fitted(2)[1])[:, 1] for model in models]
    np.testing.assert_allclose(answered, np.stack(expected, axis=1), atol=1e-5)


def test_a_single_tag_has_a_single_row() -> None:
    model, features = fitted(2)
    network = head_network(Regression(model.coef_, model.intercept_, features), 1, "multi_label")
    assert arrays(network.golden)["probabilities"].shape == (6, 1)


def test_tags_that_are_very_sure_do_not_overflow() -> None:
    head = Head(np.full((2, 3), [[900.0], [-900.0]], np.float32), np.zeros(2, np.float32), 1.0, None, None, True)
    np.testing.assert_array_equal(head.probabilities(np.ones((1, 3), np.float32)), [[1, 0]])


@pytest.mark.parametrize("task", ["single_label", "multi_label"])
def test_a_classifier_of_whole_pictures_that_looks_for_strangers_is_refused(task: Task) -> None:
    familiarity = {"familiarity.references": np.ones((2, 4)), "familiarity.weights": np.ones(3)}
    stored = {"weight": np.zeros((3, 4)), "bias": np.zeros(3), **familiarity}
    with pytest.raises(ReleaseRefused, match="knows no strangers"):
        head_from(SPEC, stored, 3, task)


@pytest.mark.parametrize(
    "stored", [{}, {"weight": np.zeros((3, 4)), "bias": np.zeros(2)}, {"weight": np.zeros(3), "bias": np.zeros(3)}]
)
def test_arrays_that_do_not_fit_the_labels_are_refused(stored: dict[str, NDArray[np.generic]]) -> None:
    with pytest.raises(ReleaseRefused, match="do not fit its labels"):
        head_from(SPEC, stored, labels=3)


@pytest.mark.parametrize(
    "spec", [replace(SPEC, reject=0), replace(SPEC, temperature=0), replace(SPEC, temperature=float("nan"))]
)
def test_a_reject_row_or_temperature_that_cannot_be_is_refused(spec: HeadSpec) -> None:
    rows = 3 + (spec.reject is not None)
    stored = {"weight": np.zeros((rows, 4)), "bias": np.zeros(rows)}
    with pytest.raises(ReleaseRefused, match="reject row or temperature"):
        head_from(spec, stored, labels=3)


def test_a_released_head_carries_answers_of_scikit_learn() -> None:
    model, features = fitted(4)
    network = head_network(Regression(model.coef_, model.intercept_, features), labels=4)
    golden = arrays(network.golden)
    np.testing.assert_allclose(golden["probabilities"], model.predict_proba(golden["features"]), atol=1e-5)
