"""Shelves stocked to a plan: every product in its place, in the order given."""

from collections.abc import Sequence

from demo.design import Product
from demo.shelf.arrange import STACKABLE, Row, Standing
from demo.shelf.items import Drawn
from demo.shelf.style import Rng, Style

Plan = Sequence[Sequence[tuple[Product, int]]]
"""Rows from top to bottom; each a list of products and how many facings of each stand side by side."""
_LOW_MM = 150
EMPTY = 1.4
"""How wide the gap of a product is that was sold out (planned with no facings), in its widths."""


def stock(plan: Plan, style: Style, rng: Rng) -> list[Row]:
    """Rows below each other from the top of the view; low packs are stacked two high as often as the style says."""
    rows: list[Row] = []
    top = 14.0
    for wanted in plan:
        tallest = max(product.design.package.height_mm * _levels(product, style) for product, _ in wanted)
        floor = top + tallest * (1 + style.fixture.headroom)
        rows.append(Row(top, floor, tuple(_line_up(wanted, style, rng, floor))))
        top = floor + style.fixture.edge_mm
    return rows


def _levels(product: Product, style: Style) -> int:
    package = product.design.package
    return 2 if style.stocking.stack > 0 and package.kind in STACKABLE and package.height_mm < _LOW_MM else 1


def _line_up(wanted: Sequence[tuple[Product, int]], style: Style, rng: Rng, floor: float) -> list[Standing]:
    needed = sum(product.design.package.width_mm * (count or EMPTY) for product, count in wanted)
    air = (style.view_mm - needed) / (sum(max(count, 1) for _, count in wanted) + 1)
    standing: list[Standing] = []
    x = air
    for product, count in wanted:
        width = product.design.package.width_mm
        for _ in range(count):
            levels = _levels(product, style) if rng.random() < style.stocking.stack else 1
            standing += [_stand(product, x, floor, level, rng) for level in range(levels)]
            x += width + air
        if not count:
            x += width * EMPTY + air
    return standing


def _stand(product: Product, x: float, floor: float, level: int, rng: Rng) -> Standing:
    package = product.design.package
    left, turn = x + float(rng.normal(0, 0.02)) * package.width_mm, float(rng.normal(0, 0.12))
    lifted = floor - level * 0.985 * package.height_mm
    return Standing(Drawn(product), left, lifted, package.width_mm, package.height_mm, turn, 6.0, level=level)
