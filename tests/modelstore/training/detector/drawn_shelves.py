"""Shelves of drawn things that look like no pack, and small detectors to learn them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageDraw

from demo.build_release import folder_of
from demo.catalogues import JORDINA
from inference.bundle import Network, detector_network
from inference.detector import Detector, as_tensor
from inference.file_store import FolderStore, verified
from inference.manifest import loads
from inference.weights import packed_tensors, tensors
from modelstore.training.shelf_labels import ShelfPhoto, shelf_photos

WIDTH, HEIGHT = 240, 180
SKUS = ("PLUM", "LIME")
_COLOURS = {"PLUM": (90, 20, 80), "LIME": (60, 130, 30)}
CPU = torch.device("cpu")


def drawn(path: Path, seed: int) -> list[tuple[str, list[float]]]:
    """Writes a photo of round things on two boards; what they are, and where."""
    rng = np.random.default_rng(seed)
    photo = Image.fromarray(rng.normal(205, 12, (HEIGHT, WIDTH, 3)).clip(0, 255).astype(np.uint8))
    pen, things = ImageDraw.Draw(photo), []
    for bottom in (85, 165):
        pen.rectangle([0, bottom, WIDTH, bottom + 4], fill=(120, 110, 100))
        left = float(rng.uniform(4, 30))
        while left < WIDTH - 45:
            side = float(rng.uniform(22, 36))
            sku = SKUS[int(rng.integers(2))]
            box = [left, bottom - side * float(rng.uniform(0.8, 1.2)), left + side, float(bottom)]
            pen.ellipse(box, fill=_COLOURS[sku])
            things.append((sku, box))
            left += side + float(rng.uniform(2, 25))
    photo.save(path, quality=92)
    return things


def labelled(folder: Path, photos: int = 9, first: int = 0) -> Path:
    """A COCO file of so many shelves, with a name for everything on them."""
    folder.mkdir(parents=True, exist_ok=True)
    images, annotations = [], []
    for number in range(photos):
        images.append({"id": number, "file_name": f"{number}.jpg"})
        for sku, (x1, y1, x2, y2) in drawn(folder / f"{number}.jpg", first + number):
            box = {"bbox": [x1, y1, x2 - x1, y2 - y1], "category_id": SKUS.index(sku)}
            annotations.append({"id": len(annotations), "image_id": number, **box})
    categories = [{"id": row, "name": sku} for row, sku in enumerate(SKUS)]
    document = {"images": images, "categories": categories, "annotations": annotations}
    (folder / "labels.json").write_text(json.dumps(document))
    return folder / "labels.json"


def photos(folder: Path, count: int = 9) -> tuple[ShelfPhoto, ...]:
    return shelf_photos(labelled(folder, count))


@cache
def packs(size: int = 192) -> Network:
    """The demo's detector, which knows packs, for smaller pictures."""
    folder = folder_of(JORDINA)
    spec = loads((folder / "manifest.json").read_bytes()).detector
    golden = tensors(verified(FolderStore(folder), spec.golden))["image"]
    return detector_network(spec.architecture, verified(FolderStore(folder), spec.weights), golden, size)


def many_classes(network: Network, classes: int) -> Network:
    """The same detector with a head of so many classes, the last of which is the one it had."""
    weights, architecture = tensors(network.weights), {**network.spec.architecture, "nc": classes}
    for name, weight in weights.items():
        if ".cv3." in name and name.endswith(("2.weight", "2.bias")) and weight.shape[0] == 1:
            others = torch.zeros_like(weight).repeat(classes - 1, *[1] * (weight.ndim - 1))
            weights[name] = torch.cat([others - (8.0 if weight.ndim == 1 else 0.0), weight])
    photo = tensors(network.golden)["image"]
    return detector_network(architecture, packed_tensors(weights), photo, network.spec.image_size)


def loaded(network: Network) -> Detector:
    return Detector(network.spec, tensors(network.weights), CPU)


def pixels(photo: ShelfPhoto) -> Any:
    return as_tensor(Image.open(photo.path), CPU)
