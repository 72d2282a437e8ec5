"""From folders of reference photos to a published release."""

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
from modelstore.training.embedding_cache import EmbeddingCache, Floats
from modelstore.training.photo_folders import ReferencePhoto, negative_photos, reference_photos
from modelstore.training.reference_classifier import Trained, fit_references


@dataclass(frozen=True)
class Order:
    """What is to be trained. like: a release whose encoders are used; detector: an imported one's name, or a release's;
    negatives: a folder of photos of other products."""

    category: str
    brand: str
    photos: Path
    negatives: Path | None = None
    like: str | None = None
    detector: str | None = None
    fewest: int = 3
    draft: bool = False


def train(order: Order, progress: bool = False) -> tuple[Release, Trained]:
    """Fit a classifier on frozen embeddings and publish it as the next version. Raises TrainingRefused, PublishRefused.

    Whatever goes wrong, nothing is published that is not whole.
    """
    _check(order)
    photos = reference_photos(order.photos, order.fewest)
    negatives = negative_photos(order.negatives) if order.negatives else ()
    base = base_for(order.category, order.brand, order.like, order.detector)
    trained = _fitted(photos, negatives, base, progress)
    return _published(order, list(_skus(photos)), base, trained), trained


def _check(order: Order) -> None:
    for title in (order.category, order.brand):
        shown = names.shown(title)
        if not 1 <= len(shown) <= LONGEST_NAME or CONTROL.search(shown):
            raise TrainingRefused(f"Category and brand have 1 to {LONGEST_NAME} characters, none of control.")


def _skus(photos: tuple[ReferencePhoto, ...]) -> dict[str, int]:
    return {sku: row for row, sku in enumerate(dict.fromkeys(photo.sku or "" for photo in photos))}


def _fitted(
    photos: tuple[ReferencePhoto, ...], negatives: tuple[ReferencePhoto, ...], base: Base, progress: bool
) -> Trained:
    rows = _skus(photos)
    labels = np.array([rows[photo.sku or ""] for photo in photos], np.int64)
    embeddings = _embeddings(photos + negatives, base, progress)
    return fit_references(embeddings[: len(photos)], labels, embeddings[len(photos) :], base.columns)


def _embeddings(photos: tuple[ReferencePhoto, ...], base: Base, progress: bool) -> Floats:
    try:
        return EmbeddingCache(settings.EMBEDDING_CACHE).embeddings(photos, base.loaded, progress)
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
