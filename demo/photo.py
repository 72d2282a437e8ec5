"""Takes the demo photo: a full JORDINA shelf with two rival brands, as a JPEG below 90,000 bytes."""

import io
import json
from pathlib import Path

import numpy as np
from PIL import Image

from demo.catalogues.jordina import FIZZO_CHERRY, FIZZO_GRAPE, JORDINA, OASIA_GRAPE, OASIA_PEACH
from demo.design import Product
from demo.shelf.photo import Photo, take_planned_photo
from demo.shelf.style import showcase_style

PHOTO = Path(__file__).parent / "photos" / "shelf.jpg"
LARGEST = 90_000
SEED = 7_000_003


def plan() -> list[list[tuple[Product, int]]]:
    """Cans on top, bottles by size below, small bricks at the bottom; one product is sold out."""
    sold = {product.sku: product for product in JORDINA.products}

    def row(*wanted: tuple[str, int]) -> list[tuple[Product, int]]:
        return [(sold[f"JORDINA_{name}"], count) for name, count in wanted]

    return [
        [*row(("COLA_330ML_CAN", 3), ("COLA_ZERO_330ML_CAN", 3), ("ORANGE_330ML_CAN", 3), ("APPLE_330ML_CAN", 3),
              ("MANGO_330ML_CAN", 2)), (FIZZO_GRAPE, 2), (FIZZO_CHERRY, 2)],
        [*row(("APPLE_500ML", 3), ("ORANGE_500ML", 3), ("MANGO_500ML", 2)), (OASIA_PEACH, 3),
         *row(("POMEGRANATE_500ML", 2), ("LEMON_MINT_500ML", 0), ("LEMON_MINT_500ML", 2), ("WATER_500ML", 3))],
        [*row(("ORANGE_1L_CARTON", 2), ("APPLE_1L_CARTON", 2), ("MANGO_1L_CARTON", 1), ("APPLE_1500ML", 2),
              ("ORANGE_1500ML", 2)), (OASIA_GRAPE, 2), *row(("WATER_1500ML", 3))],
        [*row(("APPLE_200ML_CARTON", 6), ("ORANGE_200ML_CARTON", 5)), (FIZZO_CHERRY, 3), *row(("COLA_330ML_CAN", 5))],
    ]  # fmt: skip


def demo_photo() -> Photo:
    """The scene as the camera saw it, before compression."""
    return take_planned_photo(SEED, plan(), showcase_style(1200, 900, 1385))


def compressed(photo: Photo) -> bytes:
    """The best JPEG that stays below the limit."""
    for quality in range(90, 20, -2):
        buffer = io.BytesIO()
        Image.fromarray(photo.image).save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
        if buffer.tell() <= LARGEST:
            return buffer.getvalue()
    raise ValueError("the photo does not fit into the limit at any quality")


def truth(photo: Photo) -> str:
    """The facings as JSON, for tests and for counting errors by hand."""
    rows = [{"box": np.round(f.box, 1).tolist(), "sku": f.sku, "row": f.row} for f in photo.facings]
    return json.dumps(rows, indent=0)


if __name__ == "__main__":
    taken = demo_photo()
    PHOTO.parent.mkdir(exist_ok=True)
    PHOTO.write_bytes(compressed(taken))
    PHOTO.with_suffix(".truth.json").write_text(truth(taken) + "\n")
    known = sum(facing.sku is not None for facing in taken.facings)
    print(f"{PHOTO.name}: {PHOTO.stat().st_size} bytes, {known} known and {len(taken.facings) - known} unknown facings")
