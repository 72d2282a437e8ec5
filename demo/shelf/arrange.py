"""Fills shelf rows with runs of facings: plain geometry in pixels, no drawing."""

from collections.abc import Sequence
from dataclasses import dataclass

from demo.design import Product
from demo.shelf.style import Rng, Style

STACKABLE = {"can", "slim_can", "cup", "brick", "box", "jar"}


@dataclass(frozen=True)
class Standing:
    """One product standing on a shelf: left and floor of its picture, in pixels of the flat canvas."""

    product: Product
    left: float
    floor: float
    width: float
    height: float
    turn: float
    stacked: bool = False


@dataclass(frozen=True)
class Row:
    """A shelf from its ceiling to its floor (pixels from the top), with what stands on it left to right."""

    ceiling: float
    floor: float
    standing: tuple[Standing, ...]


def arrange(products: Sequence[Product], style: Style, rng: Rng) -> list[Row]:
    """Rows from the top edge of the canvas (where the first is usually cut off) to the bottom."""
    scale = style.width / style.view_mm
    groups = _by_height(products, rng)
    rows: list[Row] = []
    top = -scale * float(rng.uniform(0, 120)) if rng.random() < 0.6 else scale * 20
    while top < style.height:
        group = groups[int(rng.integers(len(groups)))]
        tallest = max(p.design.package.height_mm for p in group) * scale
        floor = top + tallest * (1 + style.headroom)
        rows.append(Row(top, floor, tuple(_fill(group, style, rng, scale, top, floor))))
        top = floor + style.edge_mm * scale
    return rows


def _by_height(products: Sequence[Product], rng: Rng) -> list[list[Product]]:
    """Shops put things of like height on one shelf; a few rows mix everything."""
    ordered = sorted(products, key=lambda p: p.design.package.height_mm)
    parts = max(1, min(len(ordered) // 4, 4))
    size = -(-len(ordered) // parts)
    groups = [ordered[i : i + size] for i in range(0, len(ordered), size)]
    return [*groups, list(ordered)] if rng.random() < 0.3 else groups


def _fill(group: list[Product], style: Style, rng: Rng, scale: float, ceiling: float, floor: float) -> list[Standing]:
    standing: list[Standing] = []
    x = -scale * float(rng.uniform(0, 60))
    while x < style.width:
        product = group[int(rng.integers(len(group)))]
        count = 1 + int(rng.poisson(max(style.run - 1, 0)))
        levels = _levels(product, style, rng, scale, floor - ceiling)
        for _ in range(count):
            x = _place(standing, product, x, floor, levels, scale, style, rng)
        if rng.random() < style.gap:
            x += scale * float(rng.uniform(40, 260))
    return standing


def _levels(product: Product, style: Style, rng: Rng, scale: float, room: float) -> int:
    fits = int(room / (product.design.package.height_mm * scale))
    stackable = product.design.package.kind in STACKABLE and rng.random() < style.stack
    return max(1, min(fits, 3)) if stackable else 1


def _place(standing: list[Standing], product: Product, x: float, floor: float, levels: int, scale: float,
           style: Style, rng: Rng) -> float:  # fmt: skip
    package = product.design.package
    width, height = package.width_mm * scale, package.height_mm * scale
    for level in range(levels):
        sway = float(rng.normal(0, 0.006)) * width
        lift = height * level * 0.985 - float(rng.uniform(0, 0.015)) * height * (level == 0)
        standing.append(Standing(product, x + sway, floor - lift, width, height, float(rng.normal(0, 0.16)), level > 0))
    space = float(rng.uniform(-style.squeeze, 0.05 + 0.3 * style.squeeze))
    return x + width * (1 + space)
