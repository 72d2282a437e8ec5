"""The renderer of the demo's shelves."""

import numpy as np
import pytest

from demo.catalogue import jordina
from demo.design import Product
from demo.drawing.packs import draw_product
from demo.invention import EVERYTHING, invent_designs, invent_package
from demo.shelf.photo import Photo, take_photo
from demo.shelf.style import showcase_style
from demo.shelves import shelf
from demo.training_photos import numbers

SMALL = showcase_style(320, 240, 900)


def small_photo(seed: int) -> Photo:
    rivals = invent_designs(np.random.default_rng(seed), 4)
    return take_photo(seed, [*jordina(), *(Product(design) for design in rivals)], SMALL)


def test_the_same_seed_takes_the_same_photo() -> None:
    first, second = small_photo(1), small_photo(1)
    assert np.array_equal(first.image, second.image)
    assert first.facings == second.facings


def test_another_seed_takes_another_photo() -> None:
    assert not np.array_equal(small_photo(1).image, small_photo(2).image)


@pytest.mark.parametrize("seed", range(4))
def test_every_box_lies_inside_its_photo(seed: int) -> None:
    photo = small_photo(seed)
    height, width = photo.image.shape[:2]
    assert photo.facings
    for facing in photo.facings:
        x1, y1, x2, y2 = facing.box
        assert 0 <= x1 < x2 <= width
        assert 0 <= y1 < y2 <= height


def test_every_facing_is_a_sku_of_the_catalogue_or_unknown() -> None:
    sold = {product.sku for product in jordina()}
    named = {facing.sku for seed in range(4) for facing in small_photo(seed).facings}
    assert named <= sold | {None}
    assert None in named


def test_lower_shelves_have_higher_row_numbers() -> None:
    rows = sorted({facing.row for facing in small_photo(3).facings})
    floors = [np.median([f.box[3] for f in small_photo(3).facings if f.row == row]) for row in rows]
    assert floors == sorted(floors)


@pytest.mark.parametrize("kind", EVERYTHING)
def test_every_kind_of_package_draws_as_an_opaque_body_on_nothing(kind: str) -> None:
    rng = np.random.default_rng(5)
    design = invent_designs(rng, 1)[0]
    package = invent_package(rng, (kind,))  # type: ignore[arg-type]
    picture = draw_product(type(design)(design.brand, design.flavour, package), 96)
    assert picture.shape[0] == 96
    assert picture[48, picture.shape[1] // 2, 3] == 255


def test_the_catalogue_has_nineteen_different_products() -> None:
    assert len({product.sku for product in jordina()}) == len({product.design for product in jordina()}) == 19


def test_the_encoders_never_see_a_product_of_the_catalogue() -> None:
    assert not {product.design for product in jordina()} & set(numbers())


def test_the_splits_show_different_shelves() -> None:
    first = [shelf(split, 0).facings for split in ("training", "calibration", "evaluation")]
    assert first[0] != first[1] != first[2] != first[0]


def test_a_shelf_number_cannot_run_into_the_next_split() -> None:
    with pytest.raises(ValueError, match="next split"):
        shelf("training", 1_000_000)
