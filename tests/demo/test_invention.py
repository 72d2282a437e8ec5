"""Products that stand in no catalogue."""

from itertools import combinations

import numpy as np

from demo.drawing.pictures import PICTURES
from demo.invention import CHIPS, SOAPS, invent_brand, invent_designs, invent_family
from demo.vocabulary import FLAVOURS, NATURAL, QUALITIES, SYLLABLES


def test_the_same_seed_invents_the_same_products() -> None:
    assert invent_designs(np.random.default_rng(4), 20) == invent_designs(np.random.default_rng(4), 20)


def test_a_thousand_invented_brands_are_a_thousand_styles() -> None:
    rng = np.random.default_rng(1)
    assert len({invent_brand(rng) for _ in range(1000)}) == 1000


def test_a_family_has_look_alikes_in_flavour_or_in_size_alone() -> None:
    pairs = combinations(invent_family(np.random.default_rng(2), 6), 2)
    assert any((a.flavour == b.flavour) != (a.package == b.package) for a, b in pairs)


def test_competitors_come_in_the_packages_of_their_category() -> None:
    rng = np.random.default_rng(3)
    for kinds in (SOAPS, CHIPS):
        assert {design.package.kind for design in invent_designs(rng, 60, kinds)} == set(kinds)


def test_every_flavour_has_a_picture_and_its_colours() -> None:
    assert {picture for _, _, picture in FLAVOURS} <= set(PICTURES) == set(NATURAL)


def test_every_word_is_written_in_both_scripts() -> None:
    pairs = [*SYLLABLES, *QUALITIES, *((english, arabic) for english, arabic, _ in FLAVOURS)]
    assert all(latin.isascii() and not any(letter.isascii() for letter in arabic.replace(" ", ""))
               for latin, arabic in pairs)  # fmt: skip
