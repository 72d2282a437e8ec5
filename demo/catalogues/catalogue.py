"""What a catalogue is: the products of one brand in one category, and whom it competes with."""

from collections.abc import Mapping
from dataclasses import dataclass

from demo.design import Brand, Design, Flavour, Kind, Package, Product

Styles = Mapping[str, Brand]
Flavours = Mapping[str, Flavour]
Packages = Mapping[str, Package]
Range = Mapping[str, tuple[str, ...]]
"""For every package the flavours that are sold in it."""


@dataclass(frozen=True)
class Catalogue:
    """A category and brand as the API knows them, with every SKU in a stable order."""

    category: str
    brand: str
    products: tuple[Product, ...]
    rivals: tuple[Product, ...]
    """Named brands that no catalogue knows. Only evaluation and pictures show them, so that no network met them."""
    rival_kinds: tuple[Kind, ...]
    """The packages in which invented competitors come."""

    @property
    def skus(self) -> tuple[str, ...]:
        return tuple(product.sku or "" for product in self.products)


def sold(brand: str, styles: Styles, flavours: Flavours, packages: Packages, offer: Range) -> tuple[Product, ...]:
    """Every offered pair of package and flavour as a product; a style may be that of a package or of a flavour."""
    return tuple(
        Product(
            Design(styles.get(flavour) or styles.get(package) or styles[""], flavours[flavour], packages[package]),
            f"{brand}_{flavour}_{package}",
        )
        for package, offered in offer.items()
        for flavour in offered
    )
