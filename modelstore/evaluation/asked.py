"""The photos that a release is asked about: from folders and label files, or from those that are kept."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from inference.manifest import sha256
from modelstore.evaluation.report import Learnt
from modelstore.photo_store import KeptPhoto
from modelstore.training.photo_folders import (
    Marks,
    ReferencePhoto,
    Source,
    class_photos,
    negative_photos,
    reference_photos,
)
from modelstore.training.report import learnt_from, learnt_shelf
from modelstore.training.shelf_labels import ShelfPhoto, shelf_photos
from modelstore.training.tag_table import tagged_photos


@dataclass(frozen=True, eq=False)
class Asked:
    """singles: photos of one product each; shelves: with the sha256 of each."""

    singles: tuple[ReferencePhoto, ...] = ()
    shelves: tuple[tuple[str, ShelfPhoto], ...] = ()

    def labelled(self) -> tuple[Learnt, ...]:
        shelves = (learnt_shelf(photo, digest) for digest, photo in self.shelves)
        return (*map(learnt_from, self.singles), *shelves)

    def sources(self) -> dict[str, Source]:
        return {photo.digest: photo.path for photo in self.singles} | {
            digest: photo.path for digest, photo in self.shelves
        }

    def without(self, photos: Iterable[str]) -> "Asked":
        gone = set(photos)
        return Asked(
            tuple(photo for photo in self.singles if photo.digest not in gone),
            tuple(shelf for shelf in self.shelves if shelf[0] not in gone),
        )

    def known_to(self, names: Sequence[str]) -> "Asked":
        """What a classifier of whole pictures with these classes or tags can be asked."""
        photos = [replace(photo, marks=_among(photo.marks, names)) for photo in self.singles]
        return Asked(tuple(photo for photo in photos if photo.marks or photo.sku in names), self.shelves)

    def readable(self) -> "Asked":
        return self.without(digest for digest, source in self.sources().items() if not _readable(source))

    def __len__(self) -> int:
        return len(self.singles) + len(self.shelves)


def _among(marks: Marks | None, names: Sequence[str]) -> Marks | None:
    return marks and tuple((tag, has) for tag, has in marks if tag in names)


def _readable(source: Source) -> bool:
    try:
        source.read_bytes()
    except OSError:
        return False
    return True


def from_folders(photos: Path | None, negatives: Path | None, shelves: Path | None) -> Asked:
    """As train_release takes them; one photo of one SKU is enough. Raises TrainingRefused."""
    singles = (reference_photos(photos, fewest=1, fewest_skus=1) if photos else ()) + (
        tuple(negative_photos(negatives)) if negatives else ()
    )
    return Asked(tuple(_once(singles)), tuple(_shelves(shelves)) if shelves else ())


def from_classes(photos: Path) -> Asked:
    """As train_classifier takes them; one photo of one class is enough. Raises TrainingRefused."""
    return Asked(tuple(_once(class_photos(photos, fewest=1, fewest_classes=1))))


def from_table(folder: Path, table: Path) -> Asked:
    """As train_classifier takes them, but for how many have a tag. Raises TrainingRefused."""
    return Asked(tagged_photos(folder, table, fewest=0).photos)


def _once(photos: Iterable[ReferencePhoto]) -> Iterable[ReferencePhoto]:
    return {photo.digest: photo for photo in photos}.values()


def _shelves(labels: Path) -> Iterator[tuple[str, ShelfPhoto]]:
    found = {sha256(photo.path.read_bytes()): photo for photo in shelf_photos(labels)}
    yield from found.items()


def from_kept(labelled: Iterable[Learnt]) -> Asked:
    """Of photos that are in the photo store; reading one that is not raises FileNotFoundError."""
    once = {one.photo: one for one in labelled}.values()
    return Asked(
        tuple(_single(one) for one in once if one.use != "shelf"),
        tuple((one.photo, _shelf(one)) for one in once if one.use == "shelf"),
    )


def _single(one: Learnt) -> ReferencePhoto:
    return ReferencePhoto(KeptPhoto(one.photo), one.sku, one.photo, one.marks if one.use == "tagged" else None)


def _shelf(one: Learnt) -> ShelfPhoto:
    boxes = np.array([box[:4] for box in one.boxes], float).reshape(-1, 4)
    return ShelfPhoto(KeptPhoto(one.photo), boxes, tuple(box[4] for box in one.boxes))
