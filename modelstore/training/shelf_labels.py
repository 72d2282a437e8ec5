"""Shelf photos with a box and a name for every product of the brand: in COCO's format, or in YOLO's.

What has no label counts as none of the brand's products, so each of them must have one. Labels named like one of OTHERS
are products of others.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from inference.image_errors import ImageError
from inference.images import decode
from modelstore import names
from modelstore.errors import TrainingRefused
from modelstore.training.photo_folders import Source

Floats = NDArray[np.float64]
OTHERS = frozenset({"unknown", "other", "others", "product", "object", "competitor"})
ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
_LEAST_SIDE = 1.0


@dataclass(frozen=True)
class ShelfPhoto:
    """boxes: [N, 4] as x1, y1, x2, y2 in pixels of the upright photo; skus: N names, None for products of others."""

    path: Source
    boxes: Floats
    skus: tuple[str | None, ...]


def shelf_photos(source: Path) -> tuple[ShelfPhoto, ...]:
    """source: a COCO file (photos beside it or in `images/`), or the folder of a YOLO data set with its data.yaml.

    Raises TrainingRefused for labels that cannot be meant."""
    try:
        found = tuple(_yolo(source) if source.is_dir() else _coco(source))
    except OSError as error:
        raise TrainingRefused(
            f"{source} cannot be read: {error}. Give a COCO file or the folder of a YOLO set."
        ) from error
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, yaml.YAMLError) as error:
        raise TrainingRefused(f"{source} is not in COCO's or YOLO's format ({error!r}). Export it again.") from error
    if not any(len(photo.boxes) for photo in found):
        raise TrainingRefused(f"{source} labels no product. Export it with boxes.")
    return found


def _coco(file: Path) -> Iterator[ShelfPhoto]:
    document = json.loads(file.read_bytes())
    classes = {int(entry["id"]): _sku(str(entry["name"])) for entry in document["categories"]}
    photos = {entry["id"]: entry for entry in document["images"]}
    boxes: dict[Any, list[tuple[list[float], str | None]]] = {identity: [] for identity in photos}
    for entry in document["annotations"]:
        if entry["image_id"] not in photos:
            raise TrainingRefused(f"{file}: annotation {entry.get('id')} labels a photo that is not listed. Remove it.")
        x, y, width, height = map(float, entry["bbox"])
        boxes[entry["image_id"]].append(([x, y, x + width, y + height], classes[int(entry["category_id"])]))
    for identity, labelled in boxes.items():
        yield _photo(_found(file, str(photos[identity]["file_name"])), labelled, None)


def _found(file: Path, name: str) -> Path:
    """Only below the folder of the COCO file, whatever the name says."""
    for folder in (file.parent, file.parent / "images"):
        path = (folder / name).resolve()
        if path.is_file() and path.is_relative_to(file.parent.resolve()):
            return path
    raise TrainingRefused(f"{file} labels {name}, and there is no such photo beside it or in images/. Put it there.")


def _yolo(folder: Path) -> Iterator[ShelfPhoto]:
    described = next(iter(sorted(folder.glob("*.yaml"))), None)
    if described is None:
        raise TrainingRefused(f"{folder} holds no data.yaml with the names of the classes. Add it.")
    listed = yaml.safe_load(described.read_text())["names"]
    classes = listed if isinstance(listed, dict) else dict(enumerate(listed))
    labels = sorted(folder.rglob("labels/**/*.txt"))
    if not labels:
        raise TrainingRefused(f"{folder} holds no labels/*.txt. Export the set in YOLO's format.")
    for file in labels:
        yield _yolo_photo(folder, file, {int(number): _sku(str(name)) for number, name in classes.items()})


def _yolo_photo(folder: Path, file: Path, classes: dict[int, str | None]) -> ShelfPhoto:
    """Boxes are `class x y w h`, polygons `class x y x y ...`, as shares of width and height."""
    relative = str(file.relative_to(folder).with_suffix("")).replace("labels", "images", 1)
    paths = [path for ending in ENDINGS if (path := folder / f"{relative}{ending}").is_file()]
    if not paths:
        raise TrainingRefused(f"{file} labels no photo: there is no {relative} with {', '.join(ENDINGS)}. Remove it.")
    lines = [line.split() for line in file.read_text().splitlines() if line.strip()]
    boxes = [(_corners([float(number) for number in line[1:]]), classes[int(line[0])]) for line in lines]
    return _photo(paths[0], boxes, 1.0)


def _corners(numbers: Sequence[float]) -> list[float]:
    if len(numbers) == 4:
        x, y, width, height = numbers
        return [x - width / 2, y - height / 2, x + width / 2, y + height / 2]
    across, down = numbers[::2], numbers[1::2]
    return [min(across), min(down), max(across), max(down)]


def _photo(path: Path, labelled: Sequence[tuple[list[float], str | None]], unit: float | None) -> ShelfPhoto:
    """unit: 1 for boxes in shares of the photo's sides, None for pixels."""
    try:
        width, height = decode(path.read_bytes()).size
    except ImageError as error:
        raise TrainingRefused(f"{path} cannot be read: {error} Replace it, or take it out.") from error
    boxes = np.array([box for box, _ in labelled], float).reshape(-1, 4)
    boxes = boxes * [width, height, width, height] if unit else boxes
    inside = boxes.clip(0, [width, height, width, height])
    outside = np.flatnonzero(
        ((inside[:, 2:] - inside[:, :2]) < _LEAST_SIDE).any(axis=1) | ~np.isfinite(boxes).all(axis=1)
    )
    if len(outside):
        raise TrainingRefused(f"Label {outside[0] + 1} of {path} lies outside the photo or is empty. Correct it.")
    return ShelfPhoto(path, inside, tuple(sku for _, sku in labelled))


def _sku(name: str) -> str | None:
    shown = names.shown(name)
    return None if names.key(shown) in OTHERS else shown
