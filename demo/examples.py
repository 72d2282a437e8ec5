"""Writes example folders to train a brand from: an invented one, which is in no catalogue and in no training.

    python -m demo.examples FOLDER

FOLDER/photos holds a folder of reference photos for each SKU, FOLDER/another-day others of the same SKUs, and
FOLDER/shelves shelf photos with boxes in COCO's format. Always the same; drawn by this project, free to use.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from demo.design import Design, Product
from demo.invention import DRINKS, invent_designs, invent_family
from demo.reference_photo import take_reference
from demo.shelf.photo import Photo, take_photo

SEED = 67
SKUS, PHOTOS, LATER, SHELVES, RIVALS = 6, 12, 4, 12, 4


def products() -> tuple[Product, ...]:
    """A family of drinks by one house."""
    rng = np.random.default_rng(SEED)
    return tuple(Product(design, _sku(design)) for design in invent_family(rng, SKUS, DRINKS))


def _sku(design: Design) -> str:
    words = f"{design.brand.name} {design.flavour.name} {design.package.kind} {design.package.size}"
    return words.upper().replace(" ", "_").replace(".", "_")


def write(folder: Path) -> None:
    for number, product in enumerate(products()):
        first = SEED * 1000 + number * 100
        _photos(folder / "photos", product, range(first, first + PHOTOS))
        _photos(folder / "another-day", product, range(first + 50, first + 50 + LATER))
        print(f"{product.sku}: {PHOTOS} photos, and {LATER} of another day", flush=True)
    _shelves(folder / "shelves")
    print(f"{SHELVES} shelves with boxes in {folder / 'shelves' / 'labels.json'}", flush=True)


def _photos(folder: Path, product: Product, seeds: range) -> None:
    (folder / str(product.sku)).mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds, 1):
        photo = Image.fromarray(take_reference(product.design, seed))
        photo.thumbnail((480, 480))
        photo.save(folder / str(product.sku) / f"{number}.jpg", quality=88)


def _shelves(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    skus = [str(product.sku) for product in products()]
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number in range(SHELVES):
        photo = _shelf(number)
        Image.fromarray(photo.image).save(folder / f"{number + 1}.jpg", quality=90)
        images.append({"id": number, "file_name": f"{number + 1}.jpg"})
        for facing in photo.facings:
            category = skus.index(facing.sku) if facing.sku else len(skus)
            annotations.append(
                {"id": len(annotations), "image_id": number, "category_id": category, **_box(facing.box)}
            )
    categories = [{"id": row, "name": name} for row, name in enumerate([*skus, "other"])]
    document = {"images": images, "categories": categories, "annotations": annotations}
    (folder / "labels.json").write_text(json.dumps(document))


def _shelf(number: int) -> Photo:
    """With invented rivals, of which each shelf has its own."""
    rng = np.random.default_rng([SEED, number, 1])
    rivals = [Product(design) for design in invent_designs(rng, RIVALS, DRINKS)]
    return take_photo(SEED * 1000 + number, [*products(), *rivals])


def _box(box: tuple[float, float, float, float]) -> dict[str, list[int]]:
    """COCO's: left, top, width, height."""
    x1, y1, x2, y2 = map(int, box)
    return {"bbox": [x1, y1, x2 - x1, y2 - y1]}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    write(parser.parse_args().folder)
