"""Rendered packs with damage: their tags are true, and the same seed is the same pack."""

import numpy as np
import pytest

from demo.damaged_packs import TAGS, take_damaged
from demo.drawing.damage import dented, stained, torn
from demo.drawing.packs import draw_product
from demo.drawing.solids import Pixels
from demo.invention import invent_designs

SEEDS = range(3)


@pytest.fixture(scope="module")
def pack() -> Pixels:
    (design,) = invent_designs(np.random.default_rng(3), 1, ("can",))
    return draw_product(design, 300)


def test_the_same_seed_is_the_same_pack() -> None:
    one, other = take_damaged(7), take_damaged(7)
    assert one.tags == other.tags
    np.testing.assert_array_equal(one.image, other.image)


def test_only_damaged_packs_are_severe() -> None:
    found = [take_damaged(seed).tags for seed in range(20)]
    assert all(len(tags) > 1 for tags in found if "severe" in tags)
    assert set().union(*found) == set(TAGS)
    assert frozenset() in found


@pytest.mark.parametrize("damage", [dented, stained, torn])
def test_damage_changes_the_print_and_not_the_outline(pack: Pixels, damage: object) -> None:
    for seed in SEEDS:
        spoilt = damage(pack, 0.4, np.random.default_rng(seed))  # type: ignore[operator]
        changed = np.abs(spoilt[..., :3].astype(int) - pack[..., :3]).max(axis=2) > 20
        assert 0.02 < changed[pack[..., 3] > 200].mean() < 0.9


@pytest.mark.parametrize("damage", [dented, stained, torn])
def test_more_is_spoilt_by_larger_damage(pack: Pixels, damage: object) -> None:
    def spoilt(size: float) -> float:
        found = [damage(pack, size, np.random.default_rng(seed)) for seed in SEEDS]  # type: ignore[operator]
        return float(np.mean([np.abs(one[..., :3].astype(int) - pack[..., :3]).mean() for one in found]))

    assert spoilt(0.2) < spoilt(0.45)
