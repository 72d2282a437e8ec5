"""Pictures of single packs."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from demo.catalogues import HIGEEN, TAQRIMO, Catalogue, catalogues
from demo.design import Design
from demo.drawing.packs import draw_product
from demo.invention import EVERYTHING, invent_brand, invent_flavour, invent_package

BAG = TAQRIMO.products[0].design
PUMP = HIGEEN.products[0].design


def design_of(kind: str, seed: int = 5) -> Design:
    rng = np.random.default_rng(seed)
    return Design(invent_brand(rng), invent_flavour(rng), invent_package(rng, (kind,)))  # type: ignore[arg-type]


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Mean absolute difference of the colours where both packs are."""
    both = (one[..., 3] > 200) & (other[..., 3] > 200)
    return float(np.abs(one[both].astype(int) - other[both])[:, :3].mean())


@pytest.mark.parametrize("kind", EVERYTHING)
def test_every_kind_of_package_is_a_body_on_nothing(kind: str) -> None:
    picture = draw_product(design_of(kind), 96)
    assert picture.shape[0] == 96
    assert picture.shape[2] == 4
    assert (picture[48, picture.shape[1] // 2 - 3 : picture.shape[1] // 2 + 3, 3] == 255).all()
    assert (picture[..., 3] > 127).mean() > 0.5


@pytest.mark.parametrize("kind", EVERYTHING)
@pytest.mark.parametrize("height", [12, 24])
def test_every_kind_of_package_can_be_drawn_tiny(kind: str, height: int) -> None:
    assert draw_product(design_of(kind), height, 0.3, pitch=0.2, variation=3).shape[0] == height


@pytest.mark.parametrize("kind", EVERYTHING)
def test_every_kind_of_package_fills_its_box(kind: str) -> None:
    """The truth about a facing is its picture's outline: a margin would teach boxes that are too large."""
    solid = draw_product(design_of(kind), 160)[..., 3] > 127
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    assert len(rows) > 0.96 * solid.shape[0]
    assert len(columns) > 0.94 * solid.shape[1]


def test_equal_packs_are_drawn_equal() -> None:
    assert np.array_equal(draw_product(BAG, 120, 0.1), draw_product(BAG, 120, 0.1))


def test_bags_are_creased_in_their_own_ways() -> None:
    assert difference(draw_product(BAG, 200), draw_product(BAG, 200, variation=7)) > 2


def test_some_packs_carry_a_sticker_of_the_shop() -> None:
    clean = draw_product(PUMP, 120)
    changed = [difference(clean, draw_product(PUMP, 120, variation=k)) > 0 for k in range(1, 21)]
    assert 2 <= sum(changed) <= 14


def test_a_turned_can_shows_another_part_of_its_label() -> None:
    can = design_of("can")
    assert difference(draw_product(can, 120, -0.3), draw_product(can, 120, 0.3)) > 3


def test_a_can_seen_from_above_shows_its_lid() -> None:
    can = design_of("can")
    level, above = draw_product(can, 120), draw_product(can, 120, pitch=0.3)
    assert above[2, 3:8, 3].max() == 0
    assert level[2, :, 3].max() == 255


@pytest.mark.parametrize("catalogue", catalogues(), ids=lambda catalogue: catalogue.brand)
def test_no_two_products_of_a_catalogue_look_the_same(catalogue: Catalogue) -> None:
    pictures = [draw_product(product.design, 160) for product in catalogue.products]
    for k, one in enumerate(pictures):
        assert all(one.shape != other.shape or difference(one, other) > 0.3 for other in pictures[:k])


def test_the_printed_size_alone_makes_another_picture() -> None:
    other = replace(BAG, package=replace(BAG.package, size="95 g"))
    assert difference(draw_product(BAG, 250), draw_product(other, 250)) > 0.1
