"""From reference photos and labelled shelves to a published release."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from django.conf import settings

from inference.bundle import write_bundle
from inference.manifest import CONTROL, LONGEST_NAME
from modelstore import names
from modelstore.errors import TrainingRefused
from modelstore.models import Release
from modelstore.publishing import publish
from modelstore.training.base import Base, base_for
from modelstore.training.classifier import Crops
from modelstore.training.embedding_cache import EmbeddingCache
from modelstore.training.photo_folders import ReferencePhoto, check_name, negative_photos, reference_photos
from modelstore.training.reference_classifier import Trained, fit_references
from modelstore.training.shelf_classifier import fit_shelves
from modelstore.training.shelf_examples import labelled_shelves
from modelstore.training.shelf_labels import ShelfPhoto, shelf_photos


@dataclass(frozen=True)
class Order:
    """What is to be trained, from `photos`, `shelves` or both.

    photos: folder with a folder for each SKU; shelves: a COCO file or the folder of a YOLO set; negatives: a folder of
    photos of other products; like: a release whose encoders are used; detector: an imported one's name, or a release's.
    """

    category: str
    brand: str
    photos: Path | None = None
    shelves: Path | None = None
    negatives: Path | None = None
    like: str | None = None
    detector: str | None = None
    draft: bool = False


@dataclass(frozen=True)
class _Material:
    photos: tuple[ReferencePhoto, ...]
    negatives: tuple[ReferencePhoto, ...]
    shelves: tuple[ShelfPhoto, ...]

    def rows(self) -> dict[str, int]:
        """Every SKU's position: those with reference photos first, then those that only stand on shelves."""
        named = [photo.sku for photo in self.photos] + [sku for shelf in self.shelves for sku in sorted(_named(shelf))]
        return {sku: row for row, sku in enumerate(dict.fromkeys(sku for sku in named if sku))}


def _named(shelf: ShelfPhoto) -> set[str]:
    return {sku for sku in shelf.skus if sku}


def train(order: Order, progress: bool = False) -> tuple[Release, Trained]:
    """Fit a classifier on frozen embeddings and publish it as the next version. Raises TrainingRefused, PublishRefused.

    Whatever goes wrong, nothing is published that is not whole.
    """
    _check(order)
    material = _gathered(order)
    rows = material.rows()
    base = base_for(order.category, order.brand, order.like, order.detector)
    trained = _fitted(material, rows, base, progress)
    return _published(order, list(rows), base, trained), trained


def _check(order: Order) -> None:
    for title in (order.category, order.brand):
        shown = names.shown(title)
        if not 1 <= len(shown) <= LONGEST_NAME or CONTROL.search(shown):
            raise TrainingRefused(f"Category and brand have 1 to {LONGEST_NAME} characters, none of control.")
    if not order.photos and not order.shelves:
        raise TrainingRefused("There is nothing to learn from: give --photos FOLDER, --shelves LABELS, or both.")


def _gathered(order: Order) -> _Material:
    material = _Material(
        reference_photos(order.photos) if order.photos else (),
        negative_photos(order.negatives) if order.negatives else (),
        shelf_photos(order.shelves) if order.shelves else (),
    )
    for sku in material.rows():
        check_name(sku)
    return material


def _fitted(material: _Material, rows: Mapping[str, int], base: Base, progress: bool) -> Trained:
    crops = _reference_crops(material, rows, base, progress)
    if material.shelves:
        return fit_shelves(labelled_shelves(material.shelves, base.loaded, rows, progress), list(rows), crops)
    known = crops.labels < len(rows)
    return fit_references(crops.features[known], crops.labels[known], crops.features[~known], base.columns)


def _reference_crops(material: _Material, rows: Mapping[str, int], base: Base, progress: bool) -> Crops:
    """Reference photos and negatives, the latter labelled with the number of SKUs."""
    photos = material.photos + material.negatives
    labels = np.array([rows[photo.sku] if photo.sku else len(rows) for photo in photos], np.int64)
    if not photos:
        return Crops(np.zeros((0, sum(encoder.length for encoder in base.loaded.encoders)), np.float32), labels)
    try:
        cache = EmbeddingCache(settings.EMBEDDING_CACHE)
        return Crops(cache.embeddings(photos, base.loaded, progress), labels)
    except OSError as error:
        raise TrainingRefused(f"Embeddings cannot be kept: {error}. Make room, and start again: it goes on.") from error


def _published(order: Order, skus: list[str], base: Base, trained: Trained) -> Release:
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "bundle"
        write_bundle(
            folder, names.shown(order.category), names.shown(order.brand), skus, base.detector, base.encoders,
            trained.regression, dict(trained.metrics),
        )  # fmt: skip
        return publish(folder, draft=order.draft)
