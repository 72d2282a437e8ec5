"""From photos with classes or tags to a published classifier of whole pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.conf import settings

from inference.bundle import write_bundle
from inference.manifest import Task
from modelstore.errors import TrainingRefused
from modelstore.evaluation.fingerprints import groups
from modelstore.evaluation.report import Report
from modelstore.evaluation.tags import outcomes
from modelstore.label_ids import stable_labels
from modelstore.models import ModelLine, Release
from modelstore.photo_store import photo_store
from modelstore.slugs import CLASSIFICATION, LONGEST, RESERVED, is_slug
from modelstore.training.base import Base, base_for
from modelstore.training.class_classifier import fit_classes
from modelstore.training.embedding_cache import Embedded, EmbeddingCache
from modelstore.training.photo_folders import ReferencePhoto, class_photos
from modelstore.training.publication import published
from modelstore.training.reference_classifier import Trained
from modelstore.training.report import learnt_from, release_report
from modelstore.training.tag_classifier import fit_tags
from modelstore.training.tag_table import tagged_photos


@dataclass(frozen=True)
class PictureOrder:
    """photos: folder with a folder for each class or, with `multilabel`, a table of tags, the photos themselves;
    like: a release whose encoders are used."""

    slug: str
    photos: Path
    multilabel: Path | None = None
    like: str | None = None
    draft: bool = False

    @property
    def task(self) -> Task:
        return "multi_label" if self.multilabel else "single_label"


@dataclass(frozen=True)
class Pictures:
    """names: the classes, or the tags."""

    photos: tuple[ReferencePhoto, ...]
    names: tuple[str, ...]


def train_pictures(order: PictureOrder, progress: bool = False) -> tuple[Release, Trained]:
    """Fit a classifier on frozen embeddings and publish it as the next version. Raises TrainingRefused, PublishRefused.

    Whatever goes wrong, nothing is published that is not whole.
    """
    _check_slug(order.slug)
    material = _gathered(order)
    base = base_for(CLASSIFICATION, order.slug, order.like, None)
    seen = _embedded(material, base, progress)
    trained = fit(material, seen, order.task, base)
    report = _reported(material, seen, trained, order.task)
    return _published(order, material.names, base, trained, report), trained


def _check_slug(slug: str) -> None:
    """Raises TrainingRefused. The slug of a classifier is its brand; another line may have been given it."""
    if not is_slug(slug):
        raise TrainingRefused(
            f"{slug[:40]!r} cannot stand in an address: 1 to {LONGEST} letters a to z, digits and single hyphens, not "
            f"digits alone, and none of {', '.join(sorted(RESERVED))}."
        )
    line = ModelLine.objects.filter(slug=slug).first()
    if line and not line.classifies:
        raise TrainingRefused(f"{slug} is the slug of {line}, whose releases read shelves. Choose another.")
    if line and line != ModelLine.known(CLASSIFICATION, slug):
        raise TrainingRefused(f"{slug} is the slug of {line} already. Choose another.")
    own = ModelLine.known(CLASSIFICATION, slug)
    if own and not own.classifies:
        raise TrainingRefused(f"The releases of {own} read shelves. Choose another slug.")


def _gathered(order: PictureOrder) -> Pictures:
    if order.multilabel:
        tagged = tagged_photos(order.photos, order.multilabel)
        return Pictures(tagged.photos, tagged.tags)
    photos = class_photos(order.photos)
    return Pictures(photos, tuple(dict.fromkeys(photo.sku or "" for photo in photos)))


def _embedded(material: Pictures, base: Base, progress: bool) -> Embedded:
    try:
        return EmbeddingCache(settings.EMBEDDING_CACHE).embeddings(material.photos, base.loaded, progress)
    except OSError as error:
        raise TrainingRefused(f"Embeddings cannot be kept: {error}. Make room, and start again: it goes on.") from error


def fit(material: Pictures, seen: Embedded, task: Task, base: Base) -> Trained:
    """Raises TrainingRefused."""
    digests, alike = [photo.digest for photo in material.photos], groups(seen.fingerprints)
    if task == "multi_label":
        marks = np.array([[has for _, has in photo.marks or ()] for photo in material.photos], bool)
        return fit_tags(seen.features, marks, material.names, digests, alike)
    rows = {name: row for row, name in enumerate(material.names)}
    labels = np.array([rows[photo.sku or ""] for photo in material.photos], np.int64)
    return fit_classes(seen.features, labels, base.columns, digests, alike)


def reported_names(names: Sequence[str], task: Task) -> tuple[str, ...]:
    return outcomes(names) if task == "multi_label" else tuple(names)


def _reported(material: Pictures, seen: Embedded, trained: Trained, task: Task) -> Report:
    """Keeps the photos, too, so that another release can be judged by them."""
    paths = {photo.digest: photo.path for photo in material.photos}
    try:
        for path in paths.values():
            photo_store().write(path.read_bytes())
    except OSError as error:
        raise TrainingRefused(f"Photos cannot be kept: {error}. Make room, and start again: it goes on.") from error
    learnt = [learnt_from(photo) for photo in material.photos]
    names = reported_names(material.names, task)
    return release_report(
        trained, names, learnt, seen.fingerprints, [], lambda digest: paths[digest].read_bytes(), task
    )


def _published(order: PictureOrder, names: Sequence[str], base: Base, trained: Trained, report: Report) -> Release:
    line = ModelLine.known(CLASSIFICATION, order.slug)

    def write(folder: Path) -> None:
        write_bundle(
            folder, CLASSIFICATION, order.slug, names, base.detector, base.encoders, trained.regression,
            dict(trained.metrics), report=report.dumps(), labels=stable_labels(line, names) if line else None,
            task=order.task,
        )  # fmt: skip

    return published(write, order.draft)
