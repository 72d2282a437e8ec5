"""The renderer of the demo's shelves."""

from itertools import combinations

import numpy as np
import pytest

from demo.catalogues import HIGEEN, JORDINA, TAQRIMO, Catalogue, catalogue_of, catalogues
from demo.design import Product
from demo.invention import invent_designs
from demo.shelf.photo import Photo, take_photo
from demo.shelf.style import showcase_style
from demo.shelves import easy, hard, shelf
from demo.training_photos import numbers

SMALL = showcase_style(320, 240, 900)


def small_photo(seed: int) -> Photo:
    rivals = invent_designs(np.random.default_rng(seed), 4)
    return take_photo(seed, [*JORDINA.products, *(Product(design) for design in rivals)], SMALL)


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
    sold = set(JORDINA.skus)
    named = {facing.sku for seed in range(4) for facing in small_photo(seed).facings}
    assert named <= sold | {None}
    assert None in named


def test_lower_shelves_have_higher_row_numbers() -> None:
    rows = sorted({facing.row for facing in small_photo(3).facings})
    floors = [np.median([f.box[3] for f in small_photo(3).facings if f.row == row]) for row in rows]
    assert floors == sorted(floors)


@pytest.mark.parametrize("catalogue", catalogues(), ids=lambda catalogue: catalogue.brand)
def test_every_sku_of_a_catalogue_is_a_product_of_its_own(catalogue: Catalogue) -> None:
    designs = {product.design for product in catalogue.products}
    assert len(set(catalogue.skus)) == len(designs) == len(catalogue.products) >= 12


@pytest.mark.parametrize("catalogue", catalogues(), ids=lambda catalogue: catalogue.brand)
def test_a_catalogue_has_look_alikes_in_flavour_and_in_size(catalogue: Catalogue) -> None:
    designs = [product.design for product in catalogue.products]
    pairs = [(a, b) for a, b in combinations(designs, 2) if a.brand == b.brand]
    assert any(a.package == b.package and a.flavour != b.flavour for a, b in pairs)
    assert any(a.flavour == b.flavour and a.package.kind == b.package.kind for a, b in pairs)


@pytest.mark.parametrize("catalogue", catalogues(), ids=lambda catalogue: catalogue.brand)
def test_a_catalogue_names_a_rival_brand_of_unknowns(catalogue: Catalogue) -> None:
    assert catalogue.rivals
    assert all(rival.sku is None for rival in catalogue.rivals)
    own = {product.design.brand.name for product in catalogue.products}
    assert not own & {rival.design.brand.name for rival in catalogue.rivals}


def test_the_published_names_stay() -> None:
    assert {"JORDINA_APPLE_500ML", "JORDINA_ORANGE_500ML"} <= set(JORDINA.skus)
    assert catalogue_of("LIQUID_HAND_SOAP", "HIGEEN") is HIGEEN
    assert catalogue_of("CHIPS", "TAQRIMO") is TAQRIMO


def test_the_encoders_never_see_a_product_of_a_catalogue() -> None:
    met = set(numbers())
    assert not any({p.design for p in (*known.products, *known.rivals)} & met for known in catalogues())


def test_the_named_rivals_stand_on_evaluation_shelves_alone() -> None:
    named = {rival.design for rival in HIGEEN.rivals}
    seen = {split: {f.design for n in range(4) for f in shelf(HIGEEN, split, n, SMALL).facings} & named
            for split in ("training", "calibration", "evaluation")}  # fmt: skip
    assert not seen["training"] | seen["calibration"]
    assert seen["evaluation"]


def test_the_brands_show_different_shelves_of_one_number() -> None:
    assert not {f.sku for f in shelf(HIGEEN, "evaluation", 3, SMALL).facings} & set(TAQRIMO.skus)
    assert shelf(HIGEEN, "evaluation", 3, SMALL).facings != shelf(TAQRIMO, "evaluation", 3, SMALL).facings


def test_the_splits_show_different_shelves() -> None:
    first = [shelf(JORDINA, split, 0, SMALL).facings for split in ("training", "calibration", "evaluation")]
    assert first[0] != first[1] != first[2] != first[0]


def test_a_shelf_number_cannot_run_into_the_next_split() -> None:
    with pytest.raises(ValueError, match="next split"):
        shelf(JORDINA, "training", 1_000_000)


def test_a_hard_shelf_is_as_hard_as_the_model_card_says() -> None:
    photo = hard(JORDINA, 0)
    assert len(photo.facings) > 100
    assert np.mean([facing.visible <= 0.7 for facing in photo.facings]) >= 0.25
    assert 0.25 <= np.mean([facing.sku is None for facing in photo.facings]) <= 0.42


def test_an_easy_shelf_is_none_of_the_hard_ones() -> None:
    assert easy(JORDINA, 0).facings != hard(JORDINA, 0).facings


def test_a_hard_shelf_number_cannot_run_into_another_ones_tries() -> None:
    with pytest.raises(ValueError, match="second try"):
        hard(JORDINA, 10_000)


def test_about_a_sixth_of_the_facings_on_easy_shelves_is_unknown() -> None:
    skus = [facing.sku for number in range(12) for facing in shelf(TAQRIMO, "evaluation", number, SMALL).facings]
    assert 0.06 <= skus.count(None) / len(skus) <= 0.32
