"""Fresh products that stand in no catalogue: random houses, each with a family of look-alikes."""

import colorsys
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar, get_args

import numpy as np

from demo.design import Badge, Brand, Colour, Design, Flavour, Kind, Layout, Package
from demo.drawing.lettering import FONTS
from demo.drawing.motifs import FLAVOUR_MOTIFS, MARKS

Rng = np.random.Generator
T = TypeVar("T")
_SYLLABLES = "ba ka lo mi ra ne so vi tu pe zo da fi gu ha ly no qua ri sta tro va wen ya bel cor dan fer gol".split()  # noqa: SIM905
_ARABIC = "ب ت ج ح د ر س ش ص ط ع ف ق ك ل م ن ه و ي ا".split()  # noqa: SIM905
_WORDS = """
    Classic Light Extra Fresh Gold Natural Royal Family Pure Active Sweet Dark Mild Spicy Crispy Lemon
    Apple Orange Mango Berry Peach Grape Cherry Vanilla Cocoa Honey Mint Rose Lavender Aloe Coconut
    Ginger Tomato Paprika Salted Cheese Olive Herbs Citrus Melon Kiwi Fig Dates Almond Hazelnut Caramel
    Coffee Milk Tea
""".split()  # noqa: SIM905

# kind: (widths in mm, height over width, sizes printed)
_FORMS: dict[Kind, tuple[tuple[float, float], tuple[float, float], tuple[str, ...]]] = {
    "bottle": ((55, 110), (2.6, 4.0), ("330 ml", "500 ml", "1 L", "1.5 L", "2 L", "750 ml")),
    "glass": ((55, 80), (3.0, 4.4), ("250 ml", "330 ml", "700 ml", "750 ml")),
    "can": ((62, 80), (1.55, 1.95), ("250 ml", "330 ml", "355 ml", "400 g")),
    "slim_can": ((52, 62), (2.1, 2.9), ("250 ml", "330 ml", "500 ml")),
    "jar": ((60, 100), (1.0, 1.9), ("200 g", "350 g", "450 g", "1 kg")),
    "cup": ((65, 100), (0.8, 1.4), ("125 g", "200 g", "450 g")),
    "pump": ((60, 95), (2.0, 3.0), ("250 ml", "300 ml", "500 ml")),
    "carton": ((65, 100), (2.3, 3.3), ("1 L", "1.5 L", "2 L")),
    "brick": ((42, 80), (1.3, 2.6), ("200 ml", "250 ml", "125 ml")),
    "box": ((70, 210), (0.6, 1.7), ("100 g", "250 g", "375 g", "500 g", "20 pcs")),
    "bag": ((100, 200), (1.1, 1.6), ("50 g", "90 g", "150 g", "175 g")),
}
DRINKS: tuple[Kind, ...] = ("bottle", "glass", "can", "slim_can", "carton", "brick")
EVERYTHING: tuple[Kind, ...] = get_args(Kind)


def _pick(rng: Rng, options: Sequence[T]) -> T:
    return options[int(rng.integers(len(options)))]


def _hsv(h: float, s: float, v: float) -> Colour:
    r, g, b = colorsys.hsv_to_rgb(h % 1.0, min(max(s, 0), 1), min(max(v, 0), 1))
    return int(255 * r), int(255 * g), int(255 * b)


def _light(colour: Colour) -> bool:
    return 0.3 * colour[0] + 0.6 * colour[1] + 0.1 * colour[2] > 140


def _colour(rng: Rng) -> Colour:
    if rng.random() < 0.2:
        return _hsv(rng.random(), 0.1 * rng.random(), _pick(rng, (0.12, 0.9, 0.97)))
    return _hsv(rng.random(), 0.45 + 0.55 * rng.random(), 0.3 + 0.7 * rng.random())


def _name(rng: Rng) -> str:
    word = "".join(_pick(rng, _SYLLABLES) for _ in range(int(rng.integers(2, 4)))).capitalize()
    return word.upper() if rng.random() < 0.3 else word


def _arabic(rng: Rng) -> str:
    return "".join(_pick(rng, _ARABIC) for _ in range(int(rng.integers(3, 7))))


def invent_brand(rng: Rng) -> Brand:
    """A house style of its own."""
    badge: Badge = _pick(rng, get_args(Badge))
    ground, badge_colour = _colour(rng), _colour(rng)
    behind = ground if badge == "none" else badge_colour
    ink = _hsv(rng.random(), 0.9 * rng.random(), 0.28) if _light(behind) else _hsv(rng.random(), 0.3 * rng.random(), 1)
    layout: Layout = _pick(rng, get_args(Layout))
    return Brand(
        name=_name(rng), arabic=_arabic(rng), font=_pick(rng, FONTS), layout=layout, badge=badge,
        mark=_pick(rng, list(MARKS)), ground=ground, ink=ink, badge_colour=badge_colour,
        flavour_ground=bool(rng.random() < 0.4), tilt=float(rng.choice([0, 0, 0, 4, 8, -5])),
        text_first=bool(rng.random() < 0.75),
    )  # fmt: skip


def invent_flavour(rng: Rng) -> Flavour:
    """A variety; its liquid is sometimes clear, sometimes of the flavour's colour."""
    colour = _colour(rng)
    words = _pick(rng, _WORDS) if rng.random() < 0.7 else f"{_pick(rng, _WORDS)} {_pick(rng, _WORDS)}"
    hue = colorsys.rgb_to_hsv(*(c / 255 for c in colour))[0]
    liquid = _pick(rng, [colour, _hsv(hue, 0.5, 0.9), (222, 234, 240), (70, 36, 20), (240, 240, 236)])
    return Flavour(words, _arabic(rng), _pick(rng, list(FLAVOUR_MOTIFS)), colour, liquid)


def invent_package(rng: Rng, kinds: tuple[Kind, ...] = EVERYTHING) -> Package:
    """A container of a plausible size."""
    kind = _pick(rng, kinds)
    widths, aspects, sizes = _FORMS[kind]
    width = float(rng.uniform(*widths))
    height = min(width * float(rng.uniform(*aspects)), 340.0)
    return Package(kind, round(width, 1), round(height, 1), _pick(rng, sizes), round(float(rng.random()), 2))


def invent_family(rng: Rng, members: int, kinds: tuple[Kind, ...] = EVERYTHING) -> list[Design]:
    """Up to `members` different designs of one brand; most pairs differ in the flavour or the size alone."""
    brand = invent_brand(rng)
    flavours = [invent_flavour(rng) for _ in range(max(1, (members + 1) // 2))]
    first = invent_package(rng, kinds)
    packages = [first, _other_size(rng, first), invent_package(rng, kinds)]
    designs: dict[Design, None] = {}
    for _ in range(4 * members):
        designs[Design(brand, _pick(rng, flavours), packages[int(rng.choice(3, p=[0.5, 0.3, 0.2]))])] = None
        if len(designs) == members:
            break
    return list(designs)


def _other_size(rng: Rng, package: Package) -> Package:
    sizes = [size for size in _FORMS[package.kind][2] if size != package.size]
    grow = float(rng.choice([0.75, 0.85, 1.2, 1.35]))
    return replace(package, size=_pick(rng, sizes), width_mm=round(package.width_mm * grow, 1),
                   height_mm=round(min(package.height_mm * grow * float(rng.uniform(0.92, 1.08)), 340), 1))  # fmt: skip


def invent_designs(rng: Rng, count: int, kinds: tuple[Kind, ...] = EVERYTHING) -> list[Design]:
    """`count` designs of several houses, families mixed."""
    designs: list[Design] = []
    while len(designs) < count:
        designs += invent_family(rng, min(int(rng.integers(1, 7)), count - len(designs)), kinds)
    return designs
