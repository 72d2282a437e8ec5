"""Whether a product is one of the brand's: by the classifier's odds and by its nearness to what the brand has shown."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.errors import ReleaseRefused
from inference.familiarity import Familiarity
from inference.head import Head, head_from, packed_head, surest
from inference.manifest import HeadSpec
from inference.weights import arrays

SPEC = HeadSpec("", "")
NEARNESS_ALONE = np.array([-5.0, 0.0, 10.0], np.float32)
REFERENCES = np.eye(2, 4, dtype=np.float32)
FAMILIAR = Familiarity(REFERENCES, NEARNESS_ALONE)
SEEN_BEFORE = np.array([[3.0, 0.0, 0.0, 0.0]], np.float32)
NEVER_SEEN = np.array([[3.0, 0.0, 0.0, 30.0]], np.float32)


def head(rows: int, familiarity: Familiarity | None = FAMILIAR) -> Head:
    """Far out on the side of the first SKU, whatever the last number is."""
    weight = np.zeros((rows, 4), np.float32)
    weight[0, 0] = 5
    return Head(weight, np.zeros(rows, np.float32), 1.0, 2 if rows == 3 else None, familiarity)


@pytest.mark.parametrize("rows", [2, 3])
def test_a_product_that_resembles_nothing_seen_before_gets_no_confident_name(rows: int) -> None:
    _, confidences = surest(head(rows).probabilities(np.concatenate([SEEN_BEFORE, NEVER_SEEN])), 2)
    assert confidences[0] > 0.9
    assert confidences[1] < 0.1


@pytest.mark.parametrize("rows", [2, 3])
def test_answers_have_a_column_for_none_of_these_and_sum_to_one(rows: int) -> None:
    answers = head(rows).probabilities(np.concatenate([SEEN_BEFORE, NEVER_SEEN]))
    assert answers.shape == (2, 3)
    np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-6)


def test_the_order_of_the_skus_stays_the_classifiers() -> None:
    features = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
    plain, familiar = (head(3, which).probabilities(features) for which in (None, FAMILIAR))
    np.testing.assert_array_equal(plain[:, :2].argsort(axis=1), familiar[:, :2].argsort(axis=1))


def test_no_features_give_no_answers() -> None:
    assert head(3).probabilities(SEEN_BEFORE[:0]).shape == (0, 3)


def test_what_is_stored_answers_the_same() -> None:
    before = head(3)
    stored = arrays(packed_head(before.weight, before.bias, FAMILIAR.arrays()))
    after = head_from(replace(SPEC, reject=2), stored, labels=2)
    np.testing.assert_allclose(after.probabilities(NEVER_SEEN), before.probabilities(NEVER_SEEN), atol=1e-3)


@pytest.mark.parametrize(
    "broken",
    [
        {"familiarity.references": REFERENCES},
        {"familiarity.weights": NEARNESS_ALONE},
        {"familiarity.references": REFERENCES[:, :3], "familiarity.weights": NEARNESS_ALONE},
        {"familiarity.references": REFERENCES[:0], "familiarity.weights": NEARNESS_ALONE},
        {"familiarity.references": REFERENCES, "familiarity.weights": NEARNESS_ALONE[:2]},
    ],
)
def test_references_that_do_not_fit_are_refused(broken: dict[str, NDArray[np.generic]]) -> None:
    stored = {"weight": np.zeros((3, 4), np.float32), "bias": np.zeros(3, np.float32), **broken}
    with pytest.raises(ReleaseRefused, match="reference embeddings"):
        head_from(replace(SPEC, reject=2), stored, labels=2)
