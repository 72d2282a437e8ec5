"""Shelves stocked to a plan: every product in its place, in the order given."""

from collections.abc import Sequence

from demo.design import Product
from demo.shelf.arrange import STACKABLE, Row, Standing
from demo.shelf.style import Rng, Style

Plan = Sequence[Sequence[tuple[Product, int]]]
"""Rows from top to bottom; each a list of products and how many facings of each stand side by side."""
_LOW_MM = 150
EMPTY = 1.4
"""How wide the gap of a product is that was sold out (planned with no facings), in its widths."""


def stock(plan: Plan, style: Style, rng: Rng) -> list[Row]:
    """Rows below each other from the top of the canvas; low packs are stacked two high as often as the style says."""
    scale = style.width / style.view_mm
    rows: list[Row] = []
    top = 14 * scale
    for wanted in plan:
        tallest = max(product.design.package.height_mm * _levels(product, style) for product, _ in wanted) * scale
        floor = top + tallest * (1 + style.headroom)
        rows.append(Row(top, floor, tuple(_line_up(wanted, style, rng, scale, floor))))
        top = floor + style.edge_mm * scale
    return rows


def _levels(product: Product, style: Style) -> int:
    package = product.design.package
    return 2 if style.stack > 0 and package.kind in STACKABLE and package.height_mm < _LOW_MM else 1


def _line_up(
    wanted: Sequence[tuple[Product, int]], style: Style, rng: Rng, scale: float, floor: float
) -> list[Standing]:
    needed = sum(product.design.package.width_mm * (count or EMPTY) for product, count in wanted) * scale
    facings = sum(max(count, 1) for _, count in wanted)
    air = (style.width - needed) / (facings + 1)
    standing: list[Standing] = []
    x = air
    for product, count in wanted:
        package = product.design.package
        width, height = package.width_mm * scale, package.height_mm * scale
        for _ in range(count):
            for level in range(_levels(product, style) if rng.random() < style.stack else 1):
                left = x + float(rng.normal(0, 0.02)) * width
                turn = float(rng.normal(0, 0.12))
                standing.append(Standing(product, left, floor - level * 0.985 * height, width, height, turn, level > 0))
            x += width + air
        if not count:
            x += width * EMPTY + air
    return standing
