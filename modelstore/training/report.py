"""The report that a release carries: figures, answers, what was learnt, and pictures of what went wrong."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO

import numpy as np
from PIL import Image

from inference.images import decode
from inference.manifest import Task
from modelstore.evaluation.answers import Answers
from modelstore.evaluation.confusions import confusions
from modelstore.evaluation.fingerprints import Fingerprints
from modelstore.evaluation.report import Learnt, Report
from modelstore.training.labelled_shelf import LabelledShelf
from modelstore.training.photo_folders import ReferencePhoto
from modelstore.training.reference_classifier import Trained
from modelstore.training.shelf_labels import ShelfPhoto

SIDE = 128
_PAIRS, _EACH = 20, 2
ReadPhoto = Callable[[str], bytes]
"""From a photo's sha256 to its bytes."""


def release_report(
    trained: Trained,
    skus: Sequence[str],
    learnt: Sequence[Learnt],
    prints: Fingerprints,
    shelves: Sequence[LabelledShelf],
    photo: ReadPhoto,
    task: Task = "sku",
) -> Report:
    """skus: or classes, or outcomes of tags; prints: the fingerprint of each photo that was learnt from; shelves: on
    which answers were given, if any."""
    bare = Report(
        trained.kind,
        tuple(skus),
        trained.metrics,
        trained.answers,
        trained.calibration,
        tuple(learnt),
        prints,
        task=task,
    )
    return replace(bare, pictures=dict(pictures(bare, {shelf.photo: shelf for shelf in shelves}, photo)))


def learnt_from(photo: ReferencePhoto) -> Learnt:
    if photo.marks is not None:
        return Learnt(photo.digest, "tagged", marks=photo.marks)
    return Learnt(photo.digest, "reference" if photo.sku else "negative", photo.sku)


def learnt_shelf(photo: ShelfPhoto, digest: str) -> Learnt:
    boxes = photo.boxes.tolist()
    labelled = ((x1, y1, x2, y2, sku) for (x1, y1, x2, y2), sku in zip(boxes, photo.skus, strict=True))
    return Learnt(digest, "shelf", None, tuple(labelled))


def pictures(report: Report, shelves: Mapping[str, LabelledShelf], photo: ReadPhoto) -> Iterator[tuple[str, bytes]]:
    """Of the most frequent confusions: what was answered wrongly, and one of each SKU that was answered rightly."""
    given, pairs = report.answers, confusions(report)[:_PAIRS]
    rows = [row for pair in pairs for row in pair.answers[:_EACH]]
    yield from ((f"answer.{row}", _cut(given, row, shelves, photo)) for row in rows)
    for sku in {sku for pair in pairs for sku in (pair.sku, pair.taken_for)}:
        own = np.flatnonzero(given.right & (given.truth == sku))
        if len(own):
            yield f"sku.{sku}", _cut(given, int(own[given.surest[own].argmax()]), shelves, photo)


def _cut(given: Answers, row: int, shelves: Mapping[str, LabelledShelf], photo: ReadPhoto) -> bytes:
    """A small JPEG of one product."""
    image = decode(photo(given.photos[row]))
    shelf = shelves.get(given.photos[row])
    if shelf is not None:
        left, top, right, bottom = shelf.found[shelf.row_at(int(given.places[row])), :4]
        image = image.crop((int(left), int(top), max(int(right), int(left) + 1), max(int(bottom), int(top) + 1)))
    image.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
