"""What a line is called in an address: ASCII letters in lower case, digits and hyphens, once in an installation."""

import re
import unicodedata
from collections.abc import Container

CLASSIFICATION = "CLASSIFICATION"
"""The category of whole-image classifiers that are trained here: their brand is their slug."""
LONGEST = 80
"""Shorter than its column: a number may follow."""
RESERVED = frozenset({"model", "infer", "info"})
"""First parts of addresses that mean something else."""
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
NAMELESS = "line"
"""For names of which nothing is left in ASCII."""


def is_slug(text: str) -> bool:
    fits = len(text) <= LONGEST and bool(SLUG.fullmatch(text))
    return fits and text not in RESERVED and not text.isdecimal()


def slug_of(category: str, brand: str) -> str:
    """`drinks-jordina`; of a classifier trained here its brand alone. Accents are dropped, other scripts left out."""
    named = brand if category.strip().casefold() == CLASSIFICATION.casefold() else f"{category} {brand}"
    ascii_only = unicodedata.normalize("NFKD", named).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", ascii_only))[:LONGEST].strip("-")
    return slug if is_slug(slug) else "-".join(filter(None, (NAMELESS, slug)))[:LONGEST]


def free_slug(wanted: str, taken: Container[str]) -> str:
    """With the lowest number behind it that nobody has, from 2 on."""
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
