"""What a release carries for its shelves: stored and read back, or refused."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.errors import ReleaseRefused
from inference.golden import check_context, head_golden
from inference.head import Head
from inference.shelf.context import ShelfContext, context_from
from inference.weights import arrays, packed
from tests.inference.shelf.shelves import CAN, CANNOT_TELL, LARGE, SIZE, SIZES, SMALL, SURELY_A_CAN, row

CONTEXT = ShelfContext(SIZES, 0.7)
STORED = arrays(packed(CONTEXT.arrays()))
HEAD = Head(np.eye(4, 5, dtype=np.float32), np.zeros(4, np.float32), 1.0, 3)
FEATURES = np.random.default_rng(1).normal(size=(6, 5)).astype(np.float32)


def applied(context: ShelfContext) -> NDArray[np.float32]:
    products = [CAN, SMALL, LARGE, CAN]
    before = np.array([SURELY_A_CAN if product == CAN else CANNOT_TELL for product in products], np.float32)
    return context.applied(before, row(products, 1.0), SIZE)


def test_what_is_stored_answers_the_same() -> None:
    restored = context_from(STORED, labels=3)
    assert restored is not None
    np.testing.assert_allclose(applied(restored), applied(CONTEXT), atol=1e-4)


def test_a_release_may_carry_none() -> None:
    assert context_from({"weight": np.zeros((3, 4))}, labels=3) is None


@pytest.mark.parametrize(
    "change",
    [
        {"sizes.spread": np.zeros(2, np.float32)},
        {"sizes.log_sides": np.zeros((4, 2), np.float32)},
        {"sizes.log_sides": np.zeros(3, np.float32)},
        {"sizes.common": np.zeros((0, 2), np.float32)},
        {"sizes.hidden": np.full(2, 1.5, np.float32)},
        {"sizes.depth": np.full(1, np.nan, np.float32)},
        {"runs": np.full(1, 2, np.float32)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_sizes_that_make_no_sense_are_refused(change: dict[str, NDArray[np.generic]]) -> None:
    with pytest.raises(ReleaseRefused, match="sizes"):
        context_from({**STORED, **change}, labels=3)


@pytest.mark.parametrize("name", sorted(STORED))
def test_sizes_of_which_a_part_is_missing_are_refused(name: str) -> None:
    with pytest.raises(ReleaseRefused, match="sizes"):
        context_from({key: value for key, value in STORED.items() if key != name}, labels=3)


def test_golden_answers_of_a_shelf_are_reproduced() -> None:
    check_context(CONTEXT, arrays(head_golden(HEAD, CONTEXT, FEATURES)))


def test_other_sizes_do_not_reproduce_the_golden_answers() -> None:
    golden = arrays(head_golden(HEAD, CONTEXT, FEATURES))
    wrong = replace(CONTEXT, sizes=replace(SIZES, log_sides=SIZES.log_sides[::-1]))
    with pytest.raises(ReleaseRefused, match="not weighed as when the release was made"):
        check_context(wrong, golden)
