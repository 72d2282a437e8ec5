"""Reads products out of the folders of real photos. Every folder may be missing; held-out photos are never read."""

import json
import zlib
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.collage.cutouts import Cutout, framed, masked
from demo.shelf.items import Pixels

_LEAST_SIDE = 48
_DARKEST = 24
_ASKEW = 45.0
_CENTRE = (0.24, 0.76), (0.34, 0.66)
"""Where a pack held before the camera fills the photo, as shares of its height and width."""


@lru_cache(maxsize=2)
def cutouts(root: Path) -> tuple[Cutout, ...]:
    """All products that may be trained on, in a stable order."""
    return (*_groceries(root), *_soft_drinks(root), *_packages(root))


def _soft_drinks(root: Path) -> list[Cutout]:
    """Tight crops out of one shelf photo: bottles, and packs of cans."""
    found = []
    for path in sorted((root / "softdrink_shelf_crops").glob("*/*.jpg")):
        picture = _inner(_read(path), 0.02)
        tall = picture.shape[0] > 1.4 * picture.shape[1]
        if min(picture.shape[:2]) >= _LEAST_SIDE:
            found.append(framed("softdrink", f"{path.parent.name}/{path.name}", 310.0 if tall else 125.0, picture))
    return found


def _packages(root: Path) -> list[Cutout]:
    """The middle of each training photo, where a pack is held; its outline is left out, its print is real."""
    folder = root / "grocerystore_packages"
    listed = folder / "train.txt"
    names = [line.split(",")[0].strip() for line in listed.read_text().splitlines()] if listed.exists() else []
    return [_package(folder / name) for name in names if name]


def _package(path: Path) -> Cutout:
    picture = _read(path)
    rows, columns = (
        slice(int(low * side), int(high * side)) for (low, high), side in zip(_CENTRE, picture.shape[:2], strict=True)
    )
    return framed("grocerystore", path.stem, 110.0 + _draw(path.stem, 110), picture[rows, columns], 0.03)


def _groceries(root: Path) -> list[Cutout]:
    """Products cut out along their polygons, set upright."""
    folder, fits = root / "joshrdc_groceries", _orientation(root)
    found = []
    for path in sorted((folder / "images").glob("*.jpg")):
        raw = fits.get(path.name, "").startswith("raw")
        picture = _read(path, cv2.IMREAD_IGNORE_ORIENTATION if raw else 0)
        labels = (folder / "labels" / path.with_suffix(".txt").name).read_text().splitlines()
        shapes = [np.array(line.split()[1:], np.float32).reshape(-1, 2) for line in labels if len(line.split()) > 6]
        cut = [_along(picture, shape, f"{path.stem}-{k}") for k, shape in enumerate(shapes)]
        found += [one for one in cut if one]
    return found


def _orientation(root: Path) -> dict[str, str]:
    """For photos with a rotation: which way of reading them their labels were drawn on."""
    manifest = root / "manifest.json"
    entries = json.loads(manifest.read_text()) if manifest.exists() else []
    return {Path(entry["path"]).name: entry["boxes_fit"] for entry in entries if "boxes_fit" in entry}


def _along(picture: Pixels, shape: NDArray[np.float32], name: str) -> Cutout | None:
    """None where the product is too small, too dark or cut off by the edge of its photo."""
    corners = shape * np.array(picture.shape[1::-1], np.float32)
    if min(shape.min(), 1 - shape.max()) < 0.005:
        return None
    middle, _, angle = cv2.minAreaRect(corners)
    turn = cv2.getRotationMatrix2D(middle, (angle + _ASKEW) % 90 - _ASKEW, 1.0)
    upright = cv2.transform(corners[None], turn)[0]
    low, high = upright.min(axis=0), upright.max(axis=0)
    turn[:, 2] -= low
    width, height = (high - low).astype(int).tolist()
    if min(width, height) < _LEAST_SIDE:
        return None
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [(upright - low).round().astype(np.int32)], 255)
    product = np.asarray(cv2.warpAffine(picture, turn, (width, height)), np.uint8)
    if product[mask > 0].mean() < _DARKEST:
        return None
    return masked("joshrdc", name, "shape", _height_mm(name, height / width), product, mask)


def _height_mm(name: str, aspect: float) -> float:
    """Plausible for its form: bottles are tall, soap bars are not."""
    return min(320.0, 95.0 * aspect) * (0.85 + _draw(name, 30) / 100)


def _draw(name: str, count: int) -> int:
    """A number below count that belongs to the name."""
    return zlib.crc32(name.encode()) % count


def _read(path: Path, flags: int = 0) -> Pixels:
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR | flags)
    if picture is None:
        raise ValueError(f"{path} is no picture")
    return np.asarray(picture, np.uint8)[..., ::-1].copy()


def _inner(picture: Pixels, rim: float) -> Pixels:
    dy, dx = int(picture.shape[0] * rim), int(picture.shape[1] * rim)
    return picture[dy : picture.shape[0] - dy, dx : picture.shape[1] - dx]
