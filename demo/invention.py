"""Fresh products that stand in no catalogue: random houses, each with a family of look-alikes."""

import colorsys
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar, get_args

import numpy as np

from demo.design import Badge, Brand, Colour, Composition, Design, Detail, Finish, Flavour, Kind, Layout, Package
from demo.drawing.lettering import FONTS
from demo.drawing.motifs import MARKS
from demo.drawing.pictures import PICTURES
from demo.vocabulary import FLAVOURS, NATURAL, QUALITIES, SYLLABLES

Rng = np.random.Generator
T = TypeVar("T")
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
    "bag": ((100, 220), (1.1, 1.6), ("40 g", "50 g", "90 g", "150 g", "175 g", "200 g")),
    "tube": ((68, 84), (2.2, 3.3), ("110 g", "150 g", "165 g", "190 g")),
    "pouch": ((100, 165), (1.4, 1.8), ("400 ml", "450 ml", "900 ml", "1 L", "1.5 L")),
    "jug": ((110, 165), (1.6, 2.0), ("2 L", "3 L", "4 L", "5 L")),
    "bottle_pack": ((190, 300), (0.95, 1.25), ("6 x 330 ml", "6 x 500 ml", "6 x 1.5 L")),
    "can_pack": ((190, 220), (0.55, 0.68), ("6 x 250 ml", "6 x 330 ml", "6 x 355 ml")),
    "case": ((190, 320), (0.55, 0.95), ("10 x 25 g", "12 x 330 ml", "20 x 30 g", "24 x 200 ml")),
}
_DETAIL_SHARE: dict[Detail, float] = {
    "claims": 0.25, "facts": 0.2, "seal": 0.2, "burst": 0.15, "corner": 0.1, "window": 0.1, "lines": 0.6,
}  # fmt: skip
_METALS: tuple[Colour, ...] = ((206, 172, 92), (190, 194, 200), (168, 112, 74))
_KRAFTS: tuple[Colour, ...] = ((198, 160, 112), (182, 148, 108), (222, 200, 164))
_CAPS: tuple[Colour, ...] = (
    (246, 246, 246), (246, 246, 246), (28, 28, 30), (206, 172, 92), (200, 24, 36), (24, 70, 160), (30, 120, 60),
    (250, 200, 30), (250, 130, 20),
)  # fmt: skip
_LIQUIDS: tuple[Colour, ...] = (
    (222, 234, 240), (70, 36, 20), (240, 240, 236), (226, 196, 96), (40, 26, 24), (150, 30, 44), (40, 84, 50),
)  # fmt: skip
DRINKS: tuple[Kind, ...] = ("bottle", "glass", "can", "slim_can", "carton", "brick", "bottle_pack", "can_pack")
SOAPS: tuple[Kind, ...] = ("pump", "pouch", "jug", "bottle")
CHIPS: tuple[Kind, ...] = ("bag", "tube", "case", "box")
EVERYTHING: tuple[Kind, ...] = get_args(Kind)


def _pick(rng: Rng, options: Sequence[T]) -> T:
    return options[int(rng.integers(len(options)))]


def _hsv(h: float, s: float, v: float) -> Colour:
    r, g, b = colorsys.hsv_to_rgb(h % 1.0, min(max(s, 0), 1), min(max(v, 0), 1))
    return int(255 * r), int(255 * g), int(255 * b)


def _light(colour: Colour) -> bool:
    return 0.3 * colour[0] + 0.6 * colour[1] + 0.1 * colour[2] > 140


def _colour(rng: Rng) -> Colour:
    """Full, pale, deep or nearly grey: what printed packs come in."""
    hue, draw = float(rng.random()), float(rng.random())
    if draw < 0.2:
        return _hsv(hue, 0.1 * rng.random(), _pick(rng, (0.1, 0.2, 0.9, 0.97)))
    if draw < 0.35:
        return _hsv(hue, 0.12 + 0.25 * rng.random(), 0.82 + 0.18 * rng.random())
    if draw < 0.5:
        return _hsv(hue, 0.6 + 0.4 * rng.random(), 0.22 + 0.25 * rng.random())
    return _hsv(hue, 0.55 + 0.45 * rng.random(), 0.5 + 0.5 * rng.random())


def _near(rng: Rng, colour: Colour) -> Colour:
    red, green, blue = np.clip(np.array(colour) + rng.normal(0, 14, 3), 0, 255).astype(int).tolist()
    return red, green, blue


def _beside(rng: Rng, colour: Colour) -> Colour:
    """A colour that a designer sets beside another: near it on the wheel, across, metallic, or just another."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(channel / 255 for channel in colour))
    draw = float(rng.random())
    if draw < 0.3:
        return _hsv(hue + float(rng.choice([0.5, 0.42, 0.58])), 0.5 + 0.5 * saturation, 1.1 - 0.7 * value)
    if draw < 0.5:
        return _hsv(hue + float(rng.normal(0, 0.06)), saturation, 0.5 * value + 0.4 * (value < 0.5))
    return _pick(rng, _METALS) if draw < 0.62 else _colour(rng)


def _name(rng: Rng) -> tuple[str, str]:
    """In Latin and in Arabic letters, sounding alike."""
    sounds = [_pick(rng, SYLLABLES) for _ in range(int(rng.integers(2, 4)))]
    latin = "".join(latin for latin, _ in sounds).capitalize()
    return latin.upper() if rng.random() < 0.3 else latin, "".join(arabic for _, arabic in sounds)


def _details(rng: Rng) -> tuple[Detail, ...]:
    return tuple(detail for detail in get_args(Detail) if rng.random() < _DETAIL_SHARE[detail])


def invent_brand(rng: Rng) -> Brand:
    """A house style of its own."""
    latin, arabic = _name(rng)
    badge: Badge = _pick(rng, get_args(Badge))
    ground = _colour(rng)
    badge_colour = _beside(rng, ground)
    behind = ground if badge == "none" else badge_colour
    ink = _hsv(rng.random(), 0.9 * rng.random(), 0.28) if _light(behind) else _hsv(rng.random(), 0.3 * rng.random(), 1)
    finish: Finish = _pick(rng, ("paper", "paper", "paper", "foil", "foil", "kraft"))
    return Brand(
        name=latin, arabic=arabic, font=_pick(rng, FONTS), layout=_pick(rng, get_args(Layout)), badge=badge,
        mark=_pick(rng, list(MARKS)), ground=_pick(rng, _KRAFTS) if finish == "kraft" else ground, ink=ink,
        badge_colour=badge_colour, flavour_ground=bool(rng.random() < 0.4), tilt=float(rng.choice([0, 0, 0, 4, 8, -5])),
        text_first=bool(rng.random() < 0.75), words_font=_pick(rng, FONTS),
        composition=_pick(rng, get_args(Composition)), finish=finish, details=_details(rng),
        cap=_pick(rng, (*_CAPS, _colour(rng))) if rng.random() < 0.6 else None,
    )  # fmt: skip


def invent_flavour(rng: Rng) -> Flavour:
    """A variety; its liquid is sometimes clear, sometimes of the flavour's colour."""
    english, arabic, picture = _pick(rng, FLAVOURS)
    colour = _near(rng, _pick(rng, NATURAL[picture])) if rng.random() < 0.5 else _colour(rng)
    if rng.random() < 0.4:
        quality = _pick(rng, QUALITIES)
        english, arabic = f"{quality[0]} {english}", f"{arabic} {quality[1]}"
    hue = colorsys.rgb_to_hsv(*(c / 255 for c in colour))[0]
    liquid = _pick(rng, [colour, _hsv(hue, 0.5, 0.9), _hsv(hue, 0.2, 0.97), *_LIQUIDS])
    # A third of the pictures do not go with the words: the encoders are to read both.
    motif = picture if rng.random() < 0.67 else _pick(rng, list(PICTURES))
    return Flavour(english, arabic, motif, colour, liquid)


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
