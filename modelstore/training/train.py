"""From reference photos and labelled shelves to a published release."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from inference.bundle import write_bundle
from inference.images import decode
from inference.manifest import CONTROL, LONGEST_NAME, Label
from modelstore import names
from modelstore.errors import TrainingRefused
from modelstore.evaluation.fingerprints import LENGTH, Fingerprints, fingerprint, groups
from modelstore.evaluation.report import Report
from modelstore.label_ids import stable_labels
from modelstore.models import ModelLine, Release
from modelstore.photo_store import photo_store
from modelstore.training.base import Base, base_for
from modelstore.training.classifier import Crops
from modelstore.training.detector.fit import LONGEST_FIT
from modelstore.training.detector.for_release import Networks, with_fitted_detector
from modelstore.training.embedding_cache import Embedded, EmbeddingCache
from modelstore.training.labelled_shelf import LabelledShelf
from modelstore.training.photo_folders import ReferencePhoto, check_name, negative_photos, reference_photos
from modelstore.training.publication import published
from modelstore.training.reference_classifier import Trained, fit_references
from modelstore.training.report import learnt_from, learnt_shelf, release_report
from modelstore.training.shelf_classifier import fit_shelves
from modelstore.training.shelf_examples import labelled_shelves
from modelstore.training.shelf_labels import ShelfPhoto, shelf_photos
from modelstore.training.views import Views


@dataclass(frozen=True)
class Order:
    """What is to be trained, from `photos`, `shelves` or both.

    photos: folder with a folder for each SKU; shelves: a COCO file or the folder of a YOLO set; negatives: a folder of
    photos of other products; like: a release whose encoders are used; detector: an imported one's name, or a release's;
    fit_detector: fine-tune it on the shelves, in so many detector_steps.
    """

    category: str
    brand: str
    photos: Path | None = None
    shelves: Path | None = None
    negatives: Path | None = None
    like: str | None = None
    detector: str | None = None
    fit_detector: bool = False
    detector_steps: int | None = None
    draft: bool = False


@dataclass(frozen=True)
class Material:
    """The photos to learn from. photos: of the SKUs; negatives: of products that are none of them."""

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
    prints = shelf_prints(material)
    networks = _networks(order, material, prints, base, progress)
    done = fitted(material, prints, rows, networks, progress)
    report = reported(material, list(rows), done)
    return _published(order, list(rows), networks.base, done.trained, report), done.trained


def _check(order: Order) -> None:
    for title in (order.category, order.brand):
        shown = names.shown(title)
        if not 1 <= len(shown) <= LONGEST_NAME or CONTROL.search(shown):
            raise TrainingRefused(f"Category and brand have 1 to {LONGEST_NAME} characters, none of control.")
    line = ModelLine.known(order.category, order.brand)
    if line and line.classifies:
        raise TrainingRefused(
            f"{line} classifies whole pictures: train it with manage.py train_classifier, or choose another name."
        )
    if not order.photos and not order.shelves:
        raise TrainingRefused("There is nothing to learn from: give --photos FOLDER, --shelves LABELS, or both.")
    if order.fit_detector and not order.shelves:
        raise TrainingRefused("A detector is fitted to boxes on shelf photos: give --shelves LABELS as well.")
    if order.detector_steps is not None and not (order.fit_detector and 1 <= order.detector_steps <= LONGEST_FIT):
        raise TrainingRefused(f"--detector-steps is 1 to {LONGEST_FIT:,} and goes with --fit-detector.")


def _gathered(order: Order) -> Material:
    material = Material(
        reference_photos(order.photos) if order.photos else (),
        negative_photos(order.negatives) if order.negatives else (),
        shelf_photos(order.shelves) if order.shelves else (),
    )
    for sku in material.rows():
        check_name(sku)
    return material


def shelf_prints(material: Material) -> Fingerprints:
    prints = [fingerprint(decode(photo.path.read_bytes())) for photo in material.shelves]
    return np.array(prints, np.uint8).reshape(-1, LENGTH)


def _networks(order: Order, material: Material, prints: Fingerprints, base: Base, progress: bool) -> Networks:
    if not order.fit_detector:
        return Networks(base)
    referenced = {photo.sku for photo in material.photos if photo.sku}
    alike = groups(prints).tolist()
    return with_fitted_detector(base, material.shelves, alike, referenced, order.detector_steps, progress)


@dataclass(frozen=True, eq=False)
class Fitted:
    """prints: fingerprints of reference photos and negatives, then of shelf photos."""

    trained: Trained
    shelves: list[LabelledShelf]
    prints: Fingerprints


def fitted(
    material: Material,
    prints: Fingerprints,
    rows: Mapping[str, int],
    networks: Networks,
    progress: bool,
    views: Views | None = None,
) -> Fitted:
    """With shelves, answers are judged on those that are held out; without, by cross-validation.

    prints: of the shelf photos; views: of some of the reference photos."""
    base = networks.base
    seen, labels = _embedded(material, rows, base, progress), _labels(material, rows)
    if material.shelves:
        shelves = labelled_shelves(material.shelves, base.loaded, rows, progress)
        crops = Crops(*(views.beside(seen.features, labels) if views else (seen.features, labels)))
        alike = groups(prints).tolist()
        trained = fit_shelves(shelves, list(rows), crops, alike, networks.held_out, encoders=base.columns)
        trained = replace(trained, metrics=trained.metrics | networks.metrics)
        return Fitted(trained, shelves, np.concatenate([seen.fingerprints, prints]))
    known = labels < len(rows)
    photos = [photo.digest for photo in material.photos]
    alike_photos = groups(seen.fingerprints[known])
    trained = fit_references(
        seen.features[known], labels[known], seen.features[~known], base.columns, photos, alike_photos, views
    )
    return Fitted(trained, [], seen.fingerprints)


def _labels(material: Material, rows: Mapping[str, int]) -> NDArray[np.int64]:
    """Of reference photos and negatives, the latter labelled with the number of SKUs."""
    photos = material.photos + material.negatives
    return np.array([rows[photo.sku] if photo.sku else len(rows) for photo in photos], np.int64)


def _embedded(material: Material, rows: Mapping[str, int], base: Base, progress: bool) -> Embedded:
    photos = material.photos + material.negatives
    if not photos:
        length = sum(encoder.length for encoder in base.loaded.encoders)
        return Embedded(np.zeros((0, length), np.float32), np.zeros((0, LENGTH), np.uint8))
    try:
        return EmbeddingCache(settings.EMBEDDING_CACHE).embeddings(photos, base.loaded, progress)
    except OSError as error:
        raise TrainingRefused(f"Embeddings cannot be kept: {error}. Make room, and start again: it goes on.") from error


def reported(material: Material, skus: Sequence[str], done: Fitted) -> Report:
    """Keeps the photos, too, so that the brand can be trained again with one more SKU."""
    paths = {photo.digest: photo.path for photo in material.photos + material.negatives}
    paths |= {shelf.photo: photo.path for shelf, photo in zip(done.shelves, material.shelves, strict=True)}
    learnt = [learnt_from(photo) for photo in material.photos + material.negatives]
    learnt += [learnt_shelf(photo, shelf.photo) for photo, shelf in zip(material.shelves, done.shelves, strict=True)]
    try:
        for path in paths.values():
            photo_store().write(path.read_bytes())
    except OSError as error:
        raise TrainingRefused(f"Photos cannot be kept: {error}. Make room, and start again: it goes on.") from error
    return release_report(
        done.trained, skus, learnt, done.prints, done.shelves, lambda digest: paths[digest].read_bytes()
    )


def _numbered(order: Order, skus: list[str]) -> tuple[Label, ...] | None:
    """As earlier releases of the line number them."""
    line = ModelLine.known(order.category, order.brand)
    return stable_labels(line, skus) if line else None


def _published(order: Order, skus: list[str], base: Base, trained: Trained, report: Report) -> Release:
    def write(folder: Path) -> None:
        write_bundle(
            folder, names.shown(order.category), names.shown(order.brand), skus, base.detector, base.encoders,
            trained.regression, dict(trained.metrics), report=report.dumps(), labels=_numbered(order, skus),
        )  # fmt: skip

    return published(write, order.draft)
