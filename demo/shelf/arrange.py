"""Fills shelf rows with facings: plain geometry in millimetres on the plane of the shelf fronts, no drawing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from demo.shelf.camera import Rect, View
from demo.shelf.items import Item
from demo.shelf.style import Rng, Stocking, Style

STACKABLE = {"can", "slim_can", "cup", "brick", "box", "jar", "carton", "case", "can_pack", "photo"}
HANGING = {"bag", "pouch"}
LYING = {"bottle", "glass", "can", "slim_can", "jar", "pump", "carton", "brick", "box", "bag", "tube", "pouch"}
_HIDDEN = (0.36, 0.58)


@dataclass(frozen=True)
class Standing:
    """One product: left and floor of its silhouette before perspective, and how it stands there."""

    item: Item
    left: float
    floor: float
    width: float
    height: float
    turn: float = 0.0
    depth: float = 0.0
    """How far its front stands behind the shelf's edge."""
    lean: float = 0.0
    """Radians, about its foot."""
    lying: int = 0
    """Quarter turns."""
    variation: int = 0
    """Which pack of many it is: another crease, or a sticker."""
    level: int = 0
    """0 on the board, 1 on top of another product, and so on."""


@dataclass(frozen=True)
class Row:
    """A shelf from its ceiling to its floor, with what stands on it left to right; hung rows have no board."""

    ceiling: float
    floor: float
    standing: tuple[Standing, ...]
    hung: bool = False


def arrange(
    items: Sequence[Item], weights: Sequence[float], style: Style, view: View, rect: Rect, rng: Rng
) -> list[Row]:
    """Rows from the top of the furniture (or of the view, where the first is usually cut off) to its bottom."""
    groups = _by_height(items, weights, rng)
    open_top, open_bottom = style.fixture.ends[1] > 0, style.fixture.ends[3] > 0
    top = rect[1] + (20.0 if open_top else -float(rng.uniform(0, 160)))
    rows: list[Row] = []
    while top < rect[3]:
        (chosen, shares), hung = _choose(groups, style, rng)
        floor = top + max(_reach(item, style) for item in chosen) * (1 + style.fixture.headroom)
        if open_bottom and rows and floor > rect[3]:
            break
        how = replace(style.stocking, fallen=0.0, stack=0.0) if hung else style.stocking
        filler = _Filler(chosen, shares, how, view, rect, rng)
        rows.append(Row(top, floor, tuple(filler.fill(top, floor)), hung))
        top = floor + (6 if hung else style.fixture.edge_mm)
    return rows


def _reach(item: Item, style: Style) -> float:
    """Low packs that may be stacked get shelves on which two fit."""
    low = item.kind in STACKABLE and item.height_mm < 130 and style.stocking.stack > 0.3
    return item.height_mm * (2.05 if low else 1.0)


Group = tuple[list[Item], list[float]]


def _choose(groups: list[Group], style: Style, rng: Rng) -> tuple[Group, bool]:
    """What goes on a row, and whether it hangs there: then bags alone."""
    items, shares = groups[int(rng.integers(len(groups)))]
    soft = [k for k, item in enumerate(items) if item.kind in HANGING and shares[k] > 0]
    if not soft or rng.random() >= style.fixture.pegs:
        return (items, shares), False
    return ([items[k] for k in soft], [shares[k] for k in soft]), True


def _by_height(items: Sequence[Item], weights: Sequence[float], rng: Rng) -> list[Group]:
    """Shops put things of like height on one shelf; a few rows mix everything."""
    ordered = sorted(zip(items, weights, strict=True), key=lambda pair: pair[0].height_mm)
    parts = max(1, min(len(ordered) // 4, 4))
    size = -(-len(ordered) // parts)
    cut = [ordered[i : i + size] for i in range(0, len(ordered), size)]
    cut += [ordered] if rng.random() < 0.2 else []
    return [([item for item, _ in part], [weight for _, weight in part]) for part in cut]


@dataclass(frozen=True)
class _Filler:
    """Stands products side by side until the shelf is full."""

    items: list[Item]
    weights: list[float]
    how: Stocking
    view: View
    rect: Rect
    rng: Rng

    def fill(self, ceiling: float, floor: float) -> list[Standing]:
        closed = sum(self.weights) <= 0
        x = self.rect[0] + float(self.rng.uniform(2, 40))
        standing: list[Standing] = []
        while x < self.rect[2] - 30 and not closed:
            run = self._run(x, ceiling, floor)
            standing += [s for s in run if s.left + s.width <= self.rect[2] + 20]
            x = run[-1].left + run[-1].width + self._space(run[0].width)
            if self.rng.random() < self.how.gap:
                x += float(self.rng.uniform(40, 260))
        return standing

    def _run(self, x: float, ceiling: float, floor: float) -> list[Standing]:
        """Facings of one product, side by side and perhaps stacked."""
        share = np.asarray(self.weights) / sum(self.weights)
        item = self.items[int(self.rng.choice(len(self.items), p=share))]
        levels, setback = self._levels(item, floor - ceiling), float(self.rng.uniform(2, 26))
        run: list[Standing] = []
        for _ in range(1 + int(self.rng.poisson(max(self.how.run - 1, 0)))):
            placed = self._column(item, x, floor, levels, setback)
            run += placed
            x = placed[-1].left + placed[-1].width + self._space(item.width_mm)
        return run

    def _levels(self, item: Item, room: float) -> int:
        fits = int(room / item.height_mm)
        return max(1, min(fits, 3)) if item.kind in STACKABLE and self.rng.random() < self.how.stack else 1

    def _space(self, width: float) -> float:
        return width * float(self.rng.uniform(-self.how.squeeze, 0.03 + 0.3 * self.how.squeeze))

    def _column(self, item: Item, x: float, floor: float, levels: int, setback: float) -> list[Standing]:
        """What stands at one place: a product or a stack, a fallen one, or one half in front of another."""
        rng, how = self.rng, self.how
        if item.kind in LYING and rng.random() < how.fallen:
            return [self._fallen(item, x, floor)]
        depth = setback + abs(float(rng.normal(0, 6)))
        if rng.random() < how.pushed:
            depth += float(rng.uniform(50, 200))
        top = levels if levels == 1 or rng.random() < 0.85 else int(rng.integers(1, levels + 1))
        column = [self._upright(item, x, floor, depth, level) for level in range(top)]
        return self._doubled(column) if rng.random() < how.crowd else column

    def _upright(self, item: Item, x: float, floor: float, depth: float, level: int) -> Standing:
        rng, size = self.rng, 1 + float(self.rng.normal(0, 0.008))
        width, height = item.width_mm * size, item.height_mm * size
        lean = float(rng.normal(0, 0.07)) if rng.random() < self.how.lean else float(rng.normal(0, 0.006))
        sway = float(rng.normal(0, 0.012 if level == 0 else 0.03)) * width
        turn = float(rng.normal(0, 0.2)) if rng.random() < 0.8 else float(rng.uniform(-0.6, 0.6))
        pack = int(rng.integers(1, 5)) if rng.random() < self.how.varied else 0
        foot = floor - 0.985 * height * level
        return Standing(item, x + sway, foot, width, height, turn, depth, lean, 0, pack, level)

    def _fallen(self, item: Item, x: float, floor: float) -> Standing:
        side, lean = int(self.rng.choice([1, 3])), float(self.rng.normal(0, 0.04))
        depth = float(self.rng.uniform(4, 60))
        return Standing(item, x, floor, item.height_mm, item.width_mm, 0.0, depth, lean, side)

    def _doubled(self, column: list[Standing]) -> list[Standing]:
        """The column pushed back, and once more nearer: a good part of the first is hidden, as the camera sees it."""
        width, near = column[0].width, float(self.rng.uniform(0, 8))
        depth = column[0].depth + 0.9 * width
        aside = self.view.behind(column[0].left, 0, depth)[0] - column[0].left
        back = [replace(s, left=s.left - aside, depth=depth) for s in column]
        shown = (1 - float(self.rng.uniform(*_HIDDEN))) * width
        return back + [replace(s, left=s.left + shown, depth=near, turn=-s.turn) for s in column]
