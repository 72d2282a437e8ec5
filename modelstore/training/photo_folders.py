"""Reference photos: one folder for each SKU or class, named as it shall be called in answers."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from PIL import Image

from inference.image_errors import ImageError
from inference.images import decode
from inference.manifest import CONTROL, LONGEST_NAME, sha256
from modelstore import names
from modelstore.errors import TrainingRefused

ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".webp"})
FEWEST, FEWEST_SKUS = 3, 2
_NUMBERS = re.compile(r"(\d+)")


Marks = tuple[tuple[str, bool], ...]
Noun = Literal["SKU", "class"]


class Source(Protocol):
    """A file, or a photo that is kept elsewhere; as text it says where."""

    def read_bytes(self) -> bytes: ...


@dataclass(frozen=True)
class ReferencePhoto:
    """One product fills the photo, or it is classified as a whole. sku: its SKU or class, None for a product that is
    none of the brand's; marks: of a picture with tags instead, whether it has each of them."""

    path: Source
    sku: str | None
    digest: str
    marks: Marks | None = None


def reference_photos(folder: Path, fewest: int = FEWEST, fewest_skus: int = FEWEST_SKUS) -> tuple[ReferencePhoto, ...]:
    """Every photo of every SKU in `folder`, in a fixed order. Raises TrainingRefused.

    fewest: photos that a SKU must have; fewest_skus: that there must be.
    """
    return _sorted_photos(folder, "SKU", fewest, fewest_skus)


def class_photos(folder: Path, fewest: int = FEWEST, fewest_classes: int = FEWEST_SKUS) -> tuple[ReferencePhoto, ...]:
    """The same of classes, which may have any name. Raises TrainingRefused."""
    return _sorted_photos(folder, "class", fewest, fewest_classes)


def _sorted_photos(folder: Path, noun: Noun, fewest: int, fewest_names: int) -> tuple[ReferencePhoto, ...]:
    folders = _named_folders(folder, noun)
    photos = tuple(photo for own in folders for photo in _photos(own, names.shown(own.name)))
    _check_counts(photos, [names.shown(own.name) for own in folders], folder, noun, fewest, fewest_names)
    _check_twins(photos, noun)
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


def _named_folders(folder: Path, noun: Noun) -> list[Path]:
    if not folder.is_dir():
        raise TrainingRefused(f"{folder} is no folder. Give one that holds a folder of photos for each {noun}.")
    found = sorted((path for path in folder.iterdir() if path.is_dir() and path.name[0] != "."), key=_natural)
    if not found:
        raise TrainingRefused(f"{folder} holds no folders. Put the photos of each {noun} into a folder named like it.")
    for path in found:
        check_name(names.shown(path.name), noun)
    return found


def check_name(name: str, noun: Noun = "SKU") -> None:
    """Raises TrainingRefused for what no SKU, or no class, can be called."""
    if not name or len(name) > LONGEST_NAME or CONTROL.search(name):
        raise TrainingRefused(
            f"No {noun} can be called {name[:40]!r}: 1 to {LONGEST_NAME} characters, none of control."
        )
    if noun == "SKU" and names.key(name) == "unknown":
        raise TrainingRefused("No SKU can be called `unknown`: answers use the word. Give other products as negatives.")


def _photos(folder: Path, sku: str | None) -> Iterator[ReferencePhoto]:
    for path in sorted(folder.iterdir(), key=_natural):
        if path.suffix.lower() in ENDINGS and path.is_file() and path.name[0] != ".":
            yield ReferencePhoto(path, sku, sha256(path.read_bytes()))


def _natural(path: Path) -> list[tuple[int, str]]:
    """photo2 before photo10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in _NUMBERS.split(path.name)]


def _check_counts(
    photos: Sequence[ReferencePhoto], named: Sequence[str], folder: Path, noun: Noun, fewest: int, fewest_names: int
) -> None:
    counts = Counter(photo.sku for photo in photos)
    few = [f"{name} ({counts[name]})" for name in named if counts[name] < fewest]
    if few:
        raise TrainingRefused(
            f"Each {noun} needs at least {fewest} photos ({', '.join(sorted(ENDINGS))}). "
            f"Too few: {', '.join(few[:10])}."
        )
    if len(set(named)) < fewest_names:
        raise TrainingRefused(
            f"{folder} holds one {noun}: a classifier needs at least {fewest_names}. Add another folder."
        )
    if len({names.key(name) for name in named}) < len(named):
        raise TrainingRefused(
            f"Two folders in {folder} differ only in case. {noun} names are compared without: merge them."
        )


def _check_twins(photos: Sequence[ReferencePhoto], noun: Noun) -> None:
    """The same photo under two names teaches the classifier to be wrong."""
    owners: dict[str, ReferencePhoto] = {}
    several = "SKUs" if noun == "SKU" else "classes"
    for photo in photos:
        other = owners.setdefault(photo.digest, photo)
        if other.sku != photo.sku:
            raise TrainingRefused(
                f"{other.path} and {photo.path} are the same photo of two {several}. Remove the wrong one."
            )
