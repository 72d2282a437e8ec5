"""Each kind of package as a picture."""

from collections.abc import Callable, Mapping

import numpy as np

from demo.design import Design, Kind
from demo.drawing.box_packs import box, brick, carton, case
from demo.drawing.multipacks import bottle_pack, can_pack
from demo.drawing.pump_packs import jug, pump
from demo.drawing.round_packs import bottle, can, cup, glass, jar, tube
from demo.drawing.soft_packs import bag, pouch
from demo.drawing.solids import Pixels, View
from demo.drawing.stickers import with_sticker
from demo.drawing.textures import seed_of

Painter = Callable[[Design, View], Pixels]
_PAINTERS: Mapping[Kind, Painter] = {
    "bottle": bottle, "glass": glass, "can": can, "slim_can": can, "jar": jar, "cup": cup, "pump": pump,
    "carton": carton, "brick": brick, "box": box, "bag": bag, "tube": tube, "pouch": pouch, "jug": jug,
    "bottle_pack": bottle_pack, "can_pack": can_pack, "case": case,
}  # fmt: skip
_SOFT = {"bag": bag, "pouch": pouch}
_STICKER = 0.4


def draw_product(design: Design, height: int, turn: float = 0.0, *, pitch: float = 0.0, variation: int = 0) -> Pixels:
    """RGBA picture [height, width, 4] of one product, turned and seen from above by some radians.

    Equal arguments draw equal pictures. A `variation` other than 0 is one pack of many: soft packs are creased
    in another way, and some packs carry a sticker of the shop.
    """
    width = max(4, round(height * design.package.width_mm / design.package.height_mm))
    view, kind = View(height, width, turn, pitch), design.package.kind
    picture = _SOFT[kind](design, view, variation) if kind in _SOFT else _PAINTERS[kind](design, view)
    if not variation:
        return picture
    rng = np.random.default_rng([variation, seed_of(design)])
    return with_sticker(picture, rng) if rng.random() < _STICKER else picture
