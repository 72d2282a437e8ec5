"""Categories and brands are compared as people mean them."""

import pytest

from modelstore import names


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("JORDINA", "jordina"),
        ("  JORDINA\t", "JORDINA"),
        ("Caf\u00e9", "Cafe\u0301"),
        ("STRASSE", "straße"),
        ("Ёлка", "ёлка"),
        ("\u00c9CLAIR", "e\u0301clair"),
    ],
)
def test_names_that_mean_the_same_have_one_key(left: str, right: str) -> None:
    assert names.key(left) == names.key(right)


@pytest.mark.parametrize(("left", "right"), [("JORDINA", "JORDIN"), ("a b", "ab"), ("مشروبات", "مشروب")])
def test_names_that_differ_have_different_keys(left: str, right: str) -> None:
    assert names.key(left) != names.key(right)


def test_a_name_is_shown_trimmed_and_composed() -> None:
    assert names.shown(" Cafe\u0301 ") == "Caf\u00e9"
