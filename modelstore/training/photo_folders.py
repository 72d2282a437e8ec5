"""Reference photos: one folder for each SKU, named as the SKU shall be called in answers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PIL import Image

from inference.image_errors import ImageError
from inference.images import decode
from inference.manifest import CONTROL, LONGEST_NAME, sha256
from modelstore import names
from modelstore.errors import TrainingRefused

ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".webp"})
FEWEST, FEWEST_SKUS = 3, 2
_NUMBERS = re.compile(r"(\d+)")


class Source(Protocol):
    """A file, or a photo that is kept elsewhere; as text it says where."""

    def read_bytes(self) -> bytes: ...


@dataclass(frozen=True)
class ReferencePhoto:
    """One product fills the photo. sku: None for a product that is none of the brand's."""

    path: Source
    sku: str | None
    digest: str


def reference_photos(folder: Path, fewest: int = FEWEST, fewest_skus: int = FEWEST_SKUS) -> tuple[ReferencePhoto, ...]:
    """Every photo of every SKU in `folder`, in a fixed order. Raises TrainingRefused.

    fewest: photos that a SKU must have; fewest_skus: that there must be.
    """
    photos = tuple(photo for sku in _sku_folders(folder) for photo in _photos(sku, names.shown(sku.name)))
    _check_skus(photos, folder, fewest, fewest_skus)
    _check_twins(photos)
    return photos


def negative_photos(folder: Path) -> tuple[ReferencePhoto, ...]:
    """Photos of products that are none of the brand's. Raises TrainingRefused."""
    if not folder.is_dir():
        raise TrainingRefused(f"{folder} is no folder. Give one with photos of other products, or none.")
    return tuple(_photos(folder, None))


def read(photo: ReferencePhoto) -> Image.Image:
    """RGB and upright. Raises TrainingRefused for what is no readable photo, or another one than before."""
    data = photo.path.read_bytes()
    if sha256(data) != photo.digest:
        raise TrainingRefused(f"{photo.path} changed while it was being learnt from. Start again.")
    try:
        return decode(data)
    except ImageError as error:
        raise TrainingRefused(f"{photo.path} cannot be read: {error} Replace it, or take it out.") from error


def _sku_folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise TrainingRefused(f"{folder} is no folder. Give one that holds a folder of photos for each SKU.")
    found = sorted((path for path in folder.iterdir() if path.is_dir() and path.name[0] != "."), key=_natural)
    if not found:
        raise TrainingRefused(f"{folder} holds no folders. Put the photos of each SKU into a folder named like it.")
    for path in found:
        check_name(names.shown(path.name))
    return found


def check_name(name: str) -> None:
    """Raises TrainingRefused for what no SKU can be called."""
    if not name or len(name) > LONGEST_NAME or CONTROL.search(name):
        raise TrainingRefused(f"No SKU can be called {name[:40]!r}: 1 to {LONGEST_NAME} characters, none of control.")
    if names.key(name) == "unknown":
        raise TrainingRefused("No SKU can be called `unknown`: answers use the word. Give other products as negatives.")


def _photos(folder: Path, sku: str | None) -> Iterator[ReferencePhoto]:
    for path in sorted(folder.iterdir(), key=_natural):
        if path.suffix.lower() in ENDINGS and path.is_file() and path.name[0] != ".":
            yield ReferencePhoto(path, sku, sha256(path.read_bytes()))


def _natural(path: Path) -> list[tuple[int, str]]:
    """photo2 before photo10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in _NUMBERS.split(path.name)]


def _check_skus(photos: Sequence[ReferencePhoto], folder: Path, fewest: int, fewest_skus: int) -> None:
    counts: dict[str, int] = {names.shown(path.name): 0 for path in _sku_folders(folder)}
    for photo in photos:
        counts[photo.sku or ""] += 1
    few = [f"{sku} ({count})" for sku, count in counts.items() if count < fewest]
    if few:
        raise TrainingRefused(
            f"Each SKU needs at least {fewest} photos ({', '.join(sorted(ENDINGS))}). Too few: {', '.join(few[:10])}."
        )
    if len(counts) < fewest_skus:
        raise TrainingRefused(f"{folder} holds one SKU: a classifier needs at least {fewest_skus}. Add another folder.")
    if len({names.key(sku) for sku in counts}) < len(counts):
        raise TrainingRefused(
            f"Two folders in {folder} differ only in case. SKU names are compared without: merge them."
        )


def _check_twins(photos: Sequence[ReferencePhoto]) -> None:
    """The same photo under two names teaches the classifier to be wrong."""
    owners: dict[str, ReferencePhoto] = {}
    for photo in photos:
        other = owners.setdefault(photo.digest, photo)
        if other.sku != photo.sku:
            raise TrainingRefused(
                f"{other.path} and {photo.path} are the same photo of two SKUs. Remove the wrong one."
            )
