"""What a release answers to labelled photos that it did not learn from."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from django.conf import settings

from inference.images import decode
from inference.loading import LoadedRelease
from modelstore.errors import EvaluationRefused
from modelstore.evaluation.answers import OTHER, Answers, answers, calibration
from modelstore.evaluation.asked import Asked
from modelstore.evaluation.figures import figures
from modelstore.evaluation.fingerprints import LENGTH, Fingerprints, fingerprint, near_duplicates
from modelstore.evaluation.report import Learnt, Metrics, Report
from modelstore.evaluation.shelves import shelf_answers, shelf_figures
from modelstore.training.embedding_cache import Embedded, EmbeddingCache
from modelstore.training.labelled_shelf import LabelledShelf
from modelstore.training.photo_folders import Source
from modelstore.training.report import pictures
from modelstore.training.shelf_examples import labelled_shelves

SHOWN = 5


def judged(loaded: LoadedRelease, skus: Sequence[str], asked: Asked, own: Report | None, progress: bool) -> Report:
    """own: the report that the release carries, if any: what it learnt from is no witness. Products named otherwise
    than any of its SKUs are strangers to it. Raises EvaluationRefused, TrainingRefused."""
    if any(photo.marks is not None for photo in asked.singles):
        raise EvaluationRefused("It reads shelves: --multilabel tells of tags of whole pictures. Leave it out.")
    refuse_known(asked, own)
    singles = _embedded(asked, loaded, progress)
    refuse_alike(asked, singles.fingerprints, own)
    shelves = labelled_shelves([photo for _, photo in asked.shelves], loaded, _rows(skus), progress)
    parts = ([_single_answers(asked, singles, loaded, skus)] if asked.singles else []) + (
        [_shelf_answers(shelves, loaded, len(skus))] if shelves else []
    )
    named = parts[0].joined(parts[1:])
    measured: Metrics = {"photos": len(asked), **figures(named, calibration(named))}
    if shelves:
        measured |= shelf_figures(shelves, parts[-1], len(skus))
    bare = Report("photos", tuple(skus), measured, named, calibration(named), asked=asked.labelled())
    sources = asked.sources()
    seen = {shelf.photo: shelf for shelf in shelves}
    return replace(bare, pictures=dict(pictures(bare, seen, lambda digest: sources[digest].read_bytes())))


def refuse_known(asked: Asked, own: Report | None) -> None:
    learnt = {one.photo for one in own.learnt} if own else set()
    known = [str(source) for digest, source in asked.sources().items() if digest in learnt]
    if known:
        raise EvaluationRefused(
            f"The release learnt from {len(known)} of these photos: {', '.join(known[:SHOWN])}. It can only be judged "
            "by others: take them out, or train a release without them."
        )


def refuse_alike(asked: Asked, singles: Fingerprints, own: Report | None) -> None:
    alike = near_what_was_learnt(asked, own, singles) if own else []
    if alike:
        sources = asked.sources()
        raise EvaluationRefused(
            f"{len(alike)} of these photos are near-duplicates of photos that the release learnt from: "
            f"{', '.join(str(sources[photo]) for photo in alike[:SHOWN])}. They would flatter it: take them out."
        )


def near_what_was_learnt(asked: Asked, own: Report, singles: Fingerprints | None = None) -> list[str]:
    """The sha256 of near-duplicates of what was learnt, which say nothing. Of single products only those under the same
    name count: SKUs that look alike are photographed alike. singles: the fingerprints of these, if they are known."""
    if singles is None:
        singles = _prints(photo.path for photo in asked.singles)
    prints = np.concatenate([singles, _prints(photo.path for _, photo in asked.shelves)])
    labelled = asked.labelled()
    return list(
        dict.fromkeys(
            labelled[row].photo
            for row, column in near_duplicates(prints, own.fingerprints)
            if _name(labelled[row]) == _name(own.learnt[column])
        )
    )


def _prints(sources: Iterable[Source]) -> Fingerprints:
    return np.array([fingerprint(decode(source.read_bytes())) for source in sources], np.uint8).reshape(-1, LENGTH)


def _name(labelled: Learnt) -> tuple[bool, str | None, tuple[str, ...]]:
    return labelled.use == "shelf", labelled.sku, labelled.tags


def _rows(skus: Sequence[str]) -> dict[str, int]:
    return {sku: row for row, sku in enumerate(skus)}


def _embedded(asked: Asked, loaded: LoadedRelease, progress: bool) -> Embedded:
    if not asked.singles:
        return Embedded(np.zeros((0, 0), np.float32), np.zeros((0, LENGTH), np.uint8))
    return EmbeddingCache(settings.EMBEDDING_CACHE).embeddings(asked.singles, loaded, progress)


def _single_answers(asked: Asked, seen: Embedded, loaded: LoadedRelease, skus: Sequence[str]) -> Answers:
    rows = _rows(skus)
    truth = np.array([rows.get(photo.sku or "", OTHER) for photo in asked.singles], np.int64)
    probabilities = loaded.head.probabilities(seen.features)[:, : len(skus)]
    return answers(probabilities, truth, [photo.digest for photo in asked.singles])


def _shelf_answers(shelves: Sequence[LabelledShelf], loaded: LoadedRelease, skus: int) -> Answers:
    found = [_probabilities(shelf, loaded)[shelf.told] for shelf in shelves]
    return shelf_answers(shelves, np.concatenate(found)[:, :skus])


def _probabilities(shelf: LabelledShelf, loaded: LoadedRelease) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """As serving gives them, neighbours and sizes included."""
    alone = loaded.head.probabilities(shelf.features)
    return loaded.context.applied(alone, shelf.found, shelf.size) if loaded.context else alone
