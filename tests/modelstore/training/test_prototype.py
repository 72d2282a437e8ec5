"""SKUs added to a classifier as it stands."""

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.bundle import head_network
from inference.familiarity import Familiarity
from inference.head import Head, head_from, surest
from inference.shelf.context import ShelfContext, context_from
from inference.shelf.sizes import Sizes
from inference.weights import arrays
from modelstore.errors import TrainingRefused
from modelstore.training.prototype import Extended, Newcomer, extended, stand_ins

Features = NDArray[np.float32]
SKUS, LENGTH = 6, 40
COLUMNS = (slice(0, 16), slice(16, LENGTH))
RNG = np.random.default_rng(5)
MIDDLES = RNG.normal(size=(SKUS + 3, LENGTH))


def seen(sku: int, count: int, seed: int = 0) -> Features:
    """Embeddings of photos of that product, as encoders answer them."""
    rng = np.random.default_rng([seed, sku])
    exact = MIDDLES[sku] + 0.25 * rng.normal(size=(count, LENGTH))
    parts = [exact[:, part] / np.linalg.norm(exact[:, part], axis=1, keepdims=True) for part in COLUMNS]
    return np.concatenate(parts, axis=1).astype(np.float32)


def classifier(reject: bool = False, familiar: bool = True) -> Head:
    """Knows six products; with a row for others, of which it has met the last."""
    rows = [seen(sku, 20).mean(axis=0) for sku in [*range(SKUS), *([SKUS + 2] if reject else [])]]
    weight = 6 * np.stack(rows).astype(np.float32)
    bias = (-3 * (np.stack(rows) ** 2).sum(axis=1)).astype(np.float32)
    references = np.concatenate([seen(sku, 8, 1) for sku in range(SKUS)])
    unit = references / np.linalg.norm(references, axis=1, keepdims=True)
    known = Familiarity(unit, np.array([-6, 0.3, 9], np.float32)) if familiar else None
    return Head(weight, bias, 0.7, SKUS if reject else None, known)


def added(head: Head, *newcomers: Newcomer, context: ShelfContext | None = None) -> Extended:
    return extended(head, context, COLUMNS, newcomers, 0.5)


def answers(head: Head, features: Features, skus: int = SKUS + 1) -> list[int]:
    """-1 for what is not sure enough."""
    rows, sure = surest(head.probabilities(features), skus)
    return np.where(sure >= 0.5, rows, -1).tolist()


@pytest.mark.parametrize("reject", [False, True])
@pytest.mark.parametrize("photos", [1, 3, 8])
def test_photos_nobody_has_seen_are_named_like_it(reject: bool, photos: int) -> None:
    made = added(classifier(reject), Newcomer(seen(SKUS, photos)))
    assert answers(made.head, seen(SKUS, 50, 2)).count(SKUS) >= 45


def test_its_photos_win_with_room_to_spare_even_over_a_look_alike() -> None:
    """Products on a shelf look worse than their photos."""
    head = classifier(True)
    sister = seen(0, 5) + np.float32(0.1) * seen(SKUS, 5)
    made = added(head, Newcomer(sister)).head
    logits = (sister @ made.weight.T + made.bias) / made.temperature
    others = np.logaddexp.reduce(np.delete(logits, SKUS, axis=1), axis=1)
    assert (logits[:, SKUS] - others).min() > 8


@pytest.mark.parametrize("reject", [False, True])
def test_other_products_are_answered_as_before(reject: bool) -> None:
    head = classifier(reject)
    made = added(head, Newcomer(seen(SKUS, 5)))
    for sku in (*range(SKUS), SKUS + 1, SKUS + 2):
        assert answers(made.head, seen(sku, 30, 3)) == answers(head, seen(sku, 30, 3), SKUS)


@pytest.mark.parametrize("reject", [False, True])
def test_rows_that_were_there_stay_as_they_are_and_the_row_for_others_is_the_last(reject: bool) -> None:
    head = classifier(reject)
    made = added(head, Newcomer(seen(SKUS, 5)))
    assert np.array_equal(made.head.weight[:SKUS], head.weight[:SKUS])
    if reject:
        assert made.head.reject == SKUS + 1
        assert np.array_equal(made.head.weight[-1], head.weight[-1])


def test_the_references_that_are_answered_as_before_are_counted() -> None:
    kept = added(classifier(), Newcomer(seen(SKUS, 5))).kept
    assert (kept.references, kept.unchanged, kept.changed, kept.share) == (8 * SKUS, 8 * SKUS, {}, 1.0)


def test_a_product_that_is_there_already_changes_its_answers_and_that_is_counted() -> None:
    kept = added(classifier(), Newcomer(seen(2, 8, 1))).kept
    assert kept.share < 0.99
    assert list(kept.changed) == [2]


def test_two_are_told_from_each_other() -> None:
    made = added(classifier(), Newcomer(seen(SKUS, 4)), Newcomer(seen(SKUS + 1, 4)))
    for sku in (SKUS, SKUS + 1):
        assert answers(made.head, seen(sku, 30, 2), SKUS + 2).count(sku) >= 27


def test_what_it_looks_like_is_familiar_from_then_on() -> None:
    made = added(classifier(), Newcomer(seen(SKUS, 5)))
    assert made.head.familiarity
    assert len(made.head.familiarity.references) == 8 * SKUS + 5
    assert np.allclose(np.linalg.norm(made.head.familiarity.references, axis=1), 1)


def test_a_release_without_references_is_refused_in_words() -> None:
    with pytest.raises(TrainingRefused, match=r"carries no reference embeddings.*train_release"):
        added(classifier(familiar=False), Newcomer(seen(SKUS, 5)))


def test_references_stand_in_as_the_encoders_answer_them() -> None:
    familiarity = classifier().familiarity
    assert familiarity
    parts = [np.linalg.norm(stand_ins(familiarity, COLUMNS)[:, part], axis=1) for part in COLUMNS]
    assert np.allclose(parts, 1)


def shelf_knowledge() -> ShelfContext:
    sides = np.log(np.stack([np.arange(1.0, SKUS + 1), np.ones(SKUS)], axis=1))
    others = np.array([[0.0, 0.4], [0.0, 0.4]])
    return ShelfContext(Sizes(sides, sides, np.array([0.1, 0.1]), others, np.array([0.1, 0.1]), 0.3, 0.02), 0.5)


@pytest.mark.parametrize(("like", "sides"), [(None, [np.nan, np.nan]), (3, [np.log(4), 0.0])])
def test_its_size_is_unknown_unless_a_sku_stands_as_large(like: int | None, sides: list[float]) -> None:
    made = added(classifier(True), Newcomer(seen(SKUS, 5), like), context=shelf_knowledge())
    assert made.regression.context
    assert np.allclose(made.regression.context.sizes.log_sides[SKUS], sides, equal_nan=True)


def test_stored_and_read_again_it_answers_the_same_sizes_included() -> None:
    """Golden answers are recorded with a SKU whose size nobody knows among them."""
    made = added(classifier(True), Newcomer(seen(SKUS, 5)), context=shelf_knowledge())
    network = head_network(made.regression, SKUS + 1)
    stored = arrays(network.weights)
    head, context = head_from(network.spec, stored, SKUS + 1), context_from(stored, SKUS + 1)
    assert context
    assert answers(head, seen(SKUS, 9, 2)) == answers(made.head, seen(SKUS, 9, 2))
    boxes = np.array([[100.0 * k, 100, 100 * k + 60, 100 + 40 * (k + 1), 0.9] for k in range(5)])
    shelf = context.applied(head.probabilities(seen(SKUS, 5, 2)), boxes, (1000, 800))
    assert np.isfinite(shelf).all()
    assert np.allclose(shelf.sum(axis=1), 1, atol=1e-5)
