"""What lines are called in addresses."""

import pytest

from modelstore.models import ModelLine
from modelstore.slugs import is_slug, slug_of


@pytest.mark.parametrize(
    ("category", "brand", "slug"),
    [
        ("DRINKS", "JORDINA", "drinks-jordina"),
        ("LIQUID_HAND_SOAP", "HIGEEN", "liquid-hand-soap-higeen"),
        ("Café", "Crème & Brûlée!", "cafe-creme-brulee"),
        ("مشروبات", "Cola", "cola"),
        ("CLASSIFICATION", "damage", "damage"),
        ("classification", "pack-faces", "pack-faces"),
        ("../..", "//", "line"),
    ],
)
def test_a_slug_is_made_of_category_and_brand(category: str, brand: str, slug: str) -> None:
    assert slug_of(category, brand) == slug


@pytest.mark.parametrize("brand", ["model", "infer", "info", "42", "مشروبات", "-", "MODEL"])
def test_a_classifier_never_gets_a_reserved_word_a_number_or_nothing_as_its_slug(brand: str) -> None:
    assert slug_of("CLASSIFICATION", brand).startswith("line")


@pytest.mark.parametrize(
    "text", ["", "model", "infer", "info", "7", "Damage", "a b", "a--b", "-a", "ä", "a/b", "a" * 81]
)
def test_what_is_no_slug(text: str) -> None:
    assert not is_slug(text)


def test_two_names_of_four_hundred_characters_still_make_an_address() -> None:
    assert is_slug(slug_of("x" * 200, "y " * 100))


def test_lines_that_want_the_same_slug_are_numbered(db: None) -> None:
    lines = [ModelLine.named("DRINKS", brand) for brand in ("A B", "A-B", "A_B", "a b")]
    assert [line.slug for line in lines] == ["drinks-a-b", "drinks-a-b-2", "drinks-a-b-3", "drinks-a-b"]


def test_lines_without_a_letter_of_ascii_are_numbered(db: None) -> None:
    assert [ModelLine.named("مشروبات", brand).slug for brand in ("تفاح", "عصير")] == ["line", "line-2"]
