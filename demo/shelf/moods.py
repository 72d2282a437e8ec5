"""Styles drawn at random: shops, fridges and phones as they come."""

import numpy as np

from demo.design import Colour
from demo.shelf.style import Clutter, Exposure, Fixture, Pose, Rng, Stocking, Style

_EDGES: tuple[Colour, ...] = (
    (236, 236, 232), (204, 206, 208), (225, 222, 212), (60, 62, 66), (190, 28, 34), (24, 84, 158), (222, 196, 150),
    (150, 150, 150), (240, 240, 240), (250, 214, 40),
)  # fmt: skip
_BACKS: tuple[Colour, ...] = (
    (214, 214, 208), (168, 172, 174), (120, 122, 124), (226, 222, 210), (56, 58, 62), (188, 168, 140), (240, 240, 238),
    (90, 84, 78),
)  # fmt: skip
_LONG = (1120, 1280, 1360)


def random_style(rng: Rng) -> Style:
    """A photo as a field worker might take it: mostly crowded shelves, sometimes a close look or a fridge."""
    draw = float(rng.random())
    if draw < 0.1:
        return _fridge(rng)
    view, count = ((1300, 2600), (100, 400)) if draw < 0.65 else ((420, 1300), (10, 160))
    width, height = _size(rng)
    steep = float(rng.choice([0.06, 0.2, 0.5], p=[0.45, 0.35, 0.2]))
    return Style(
        width, height, _log(rng, *view), Pose(*_angles(rng, steep), *_lens(rng)), _gondola(rng), _stocking(rng),
        _exposure(rng), _clutter(rng), facings=count,
    )  # fmt: skip


def hard_style(rng: Rng) -> Style:
    """Over 100 facings seen from the side, a quarter of them at least 30 % occluded."""
    width, height = _size(rng)
    yaw = float(rng.uniform(0.36, 0.6) * rng.choice([-1, 1]))
    pose = Pose(yaw, float(rng.uniform(-0.16, 0.16)), float(rng.normal(0, 0.03)), float(rng.uniform(0.95, 1.3)), 0.0)
    stocking = Stocking(
        gap=float(rng.choice([0.03, 0.1])), run=float(rng.uniform(1.5, 4)), squeeze=0.04,
        stack=float(rng.choice([0.2, 0.6])), lean=0.05, fallen=0.02, pushed=0.06, crowd=0.6, varied=0.1,
    )  # fmt: skip
    return Style(
        width, height, _log(rng, 1300, 2100), pose, _gondola(rng), stocking, _exposure(rng), _clutter(rng),
        facings=(112, 400), occluded=0.25,
    )  # fmt: skip


def _log(rng: Rng, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _size(rng: Rng) -> tuple[int, int]:
    long = int(rng.choice(_LONG))
    short = int(long * rng.uniform(0.66, 0.8))
    return (short, long) if rng.random() < 0.55 else (long, short)


def _angles(rng: Rng, steep: float) -> tuple[float, float, float]:
    return float(rng.uniform(-steep, steep)), float(rng.normal(0, 0.4 * steep + 0.02)), float(rng.normal(0, 0.035))


def _lens(rng: Rng) -> tuple[float, float]:
    return float(rng.uniform(0.8, 1.4)), float(rng.choice([0, rng.normal(0, 0.03)]))


def _ends(rng: Rng) -> tuple[float, float, float, float]:
    """Left and right ends, the top of the furniture and the floor are in view now and then."""
    shown = rng.random(4) < np.array([0.12, 0.14, 0.12, 0.16])
    left, top, right, bottom = (shown * rng.uniform(0.04, 0.24, 4)).tolist()
    return left, top, right, bottom


def _gondola(rng: Rng) -> Fixture:
    return Fixture(
        edge_mm=float(rng.uniform(18, 52)), edge=_EDGES[int(rng.integers(len(_EDGES)))],
        back=_BACKS[int(rng.integers(len(_BACKS)))], depth_mm=float(rng.uniform(280, 520)),
        headroom=float(rng.choice([rng.uniform(0.02, 0.15), rng.uniform(0.1, 0.5)], p=[0.65, 0.35])),
        lip_mm=float(rng.choice([0, 0, rng.uniform(8, 26)])), ends=_ends(rng), holes=int(rng.integers(3)),
        pegs=float(rng.choice([0.0, 0.6])), signs=float(rng.choice([0, 0.4, 1.5])),
        tags=float(rng.choice([0.0, 0.5, 0.95], p=[0.08, 0.22, 0.7])),
    )  # fmt: skip


def _stocking(rng: Rng) -> Stocking:
    return Stocking(
        gap=float(rng.choice([0.0, 0.04, 0.12, 0.3], p=[0.3, 0.35, 0.25, 0.1])), run=float(rng.uniform(1.1, 5)),
        squeeze=float(rng.choice([0.0, 0.04, 0.1])), stack=float(rng.choice([0.0, 0.35, 0.85])),
        lean=float(rng.choice([0, 0.04, 0.15])), fallen=float(rng.choice([0, 0.015, 0.05])),
        pushed=float(rng.choice([0, 0.05, 0.2])), crowd=float(rng.choice([0, 0.06, 0.3], p=[0.55, 0.3, 0.15])),
        varied=float(rng.choice([0, 0.1, 0.3])), rear=float(rng.uniform(0.3, 1)),
    )  # fmt: skip


def _exposure(rng: Rng) -> Exposure:
    warm, green = rng.normal(0, 0.05), rng.normal(0, 0.015)
    return Exposure(
        level=_log(rng, 0.85, 1.6), tint=(1 + warm, 1 + green, 1 - warm),
        falloff=float(rng.uniform(0, 0.35)), spots=int(rng.integers(0, 4)),
        dark=float(rng.uniform(0.1, 0.85)), shadow=float(rng.uniform(0, 0.5)), contrast=float(rng.uniform(0.85, 1.35)),
        colour=float(rng.uniform(0.7, 1.25)), blur=float(rng.choice([0, 0, 0.3, 0.6, 1.0, 1.5])),
        motion=float(rng.choice([0, rng.uniform(2, 7)], p=[0.88, 0.12])),
        sharpen=float(rng.choice([0, 0.6, 1.2, 1.8])),
        noise=float(rng.choice([rng.uniform(0, 3), rng.uniform(2, 8)], p=[0.7, 0.3])),
        quality=int(rng.integers(45, 95)),
    )  # fmt: skip


def _clutter(rng: Rng) -> Clutter:
    glass = rng.random() < 0.1
    return Clutter(front=0.12, glass=float(rng.uniform(0.15, 0.8)) * glass, fog=float(rng.uniform(0, 0.5)) * glass)


def _fridge(rng: Rng) -> Style:
    """A household fridge or a drinks cooler: bright inside, few things, dark around it."""
    width, height = _size(rng)
    cooler = rng.random() < 0.4
    fixture = Fixture(
        kind="cooler" if cooler else "fridge", edge_mm=float(rng.uniform(6, 22)),
        edge=(226, 228, 228), back=(236, 236, 230) if rng.random() < 0.8 else (60, 62, 66),
        depth_mm=float(rng.uniform(250, 420)), headroom=float(rng.uniform(0.1, 0.7)), lip_mm=0.0,
        ends=tuple(rng.uniform(0.04, 0.2, 4).tolist()), tags=0.0,
    )  # fmt: skip
    sparse = Stocking(gap=0.05 if cooler else 0.75, run=3.0 if cooler else 1.2, lean=0.03, fallen=0.05, pushed=0.4,
                      rear=0.8 if cooler else 0.1)  # fmt: skip
    clutter = Clutter(glass=float(rng.uniform(0.1, 0.6)) * cooler, fog=float(rng.uniform(0, 0.4)) * cooler)
    pose = Pose(*_angles(rng, 0.12), *_lens(rng))
    return Style(width, height, _log(rng, 550, 1100), pose, fixture, sparse, _exposure(rng), clutter, (10, 400))
