"""The demo's three catalogues, one file for each brand."""

from demo.catalogues.catalogue import Catalogue
from demo.catalogues.higeen import HIGEEN
from demo.catalogues.jordina import JORDINA
from demo.catalogues.taqrimo import TAQRIMO

__all__ = ["HIGEEN", "JORDINA", "TAQRIMO", "Catalogue", "catalogue_of", "catalogues"]


def catalogues() -> tuple[Catalogue, ...]:
    """All of them, in an order that stays: shelves take their seeds from the position."""
    return JORDINA, HIGEEN, TAQRIMO


def catalogue_of(category: str, brand: str) -> Catalogue:
    """The catalogue of that name. Raises KeyError when there is none."""
    return {(known.category, known.brand): known for known in catalogues()}[category, brand]
