"""What a classifier of whole pictures answers to labelled photos that it did not learn from."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from django.conf import settings

from inference.loading import LoadedRelease
from inference.manifest import Task
from modelstore.errors import EvaluationRefused
from modelstore.evaluation.answers import Answers, answers, calibration
from modelstore.evaluation.asked import Asked
from modelstore.evaluation.figures import figures
from modelstore.evaluation.judge import SHOWN, refuse_alike, refuse_known
from modelstore.evaluation.report import Metrics, Report
from modelstore.evaluation.tags import mean_auroc, outcomes, tag_answers, tag_calibration
from modelstore.training.embedding_cache import EmbeddingCache, Floats
from modelstore.training.report import pictures


def judged_pictures(
    loaded: LoadedRelease, names: Sequence[str], task: Task, asked: Asked, own: Report | None, progress: bool
) -> Report:
    """names: of the release's classes or tags; own: the report that it carries. Raises EvaluationRefused,
    TrainingRefused."""
    for problem in _problems(asked, names, task):
        raise EvaluationRefused(problem)
    refuse_known(asked, own)
    seen = EmbeddingCache(settings.EMBEDDING_CACHE).embeddings(asked.singles, loaded, progress)
    refuse_alike(asked, seen.fingerprints, own)
    probabilities = loaded.head.probabilities(seen.features)
    bare = _told(probabilities, names, task, asked)
    sources = asked.sources()
    return replace(bare, pictures=dict(pictures(bare, {}, lambda digest: sources[digest].read_bytes())))


def _problems(asked: Asked, names: Sequence[str], task: Task) -> Iterator[str]:
    tagged = [photo.marks is not None for photo in asked.singles]
    if asked.shelves or not all(photo.sku or photo.marks is not None for photo in asked.singles):
        yield "It classifies whole pictures: give --photos alone, without --shelves and --negatives."
    if task == "multi_label" and not all(tagged):
        yield "Its pictures have tags: give --multilabel TABLE as well, with a column for each."
    if task == "single_label" and any(tagged):
        yield "Its pictures have one class each: give --photos FOLDER with a folder for each class, and no table."
    unknown = sorted({name for photo in asked.singles for name in _names(photo.sku, photo.marks)} - set(names))
    if unknown:
        yield f"It does not know {', '.join(unknown[:SHOWN])}; it knows {', '.join(names[:SHOWN])}. Mend the names."


def _names(sku: str | None, marks: tuple[tuple[str, bool], ...] | None) -> list[str]:
    return [tag for tag, _ in marks] if marks is not None else [sku or ""]


def _told(probabilities: Floats, names: Sequence[str], task: Task, asked: Asked) -> Report:
    photos = [photo.digest for photo in asked.singles]
    count: Metrics = {"photos": len(photos)}
    if task == "multi_label":
        named = _tagged(probabilities, names, asked, photos)
        judged = tag_calibration(named)
        measured = figures(named, judged, task) | mean_auroc(named, len(names))
        return Report("photos", outcomes(names), count | measured, named, judged, asked=asked.labelled(), task=task)
    truth = np.array([names.index(photo.sku or "") for photo in asked.singles], np.int64)
    named = answers(probabilities, truth, photos)
    measured = figures(named, calibration(named), task)
    return Report(
        "photos", tuple(names), count | measured, named, calibration(named), asked=asked.labelled(), task=task
    )


def _tagged(probabilities: Floats, names: Sequence[str], asked: Asked, photos: Sequence[str]) -> Answers:
    """A table may leave tags out: then nothing is known of them."""
    marks = [dict(photo.marks or ()) for photo in asked.singles]
    has = np.array([[own.get(name, False) for name in names] for own in marks], bool)
    known = np.array([[name in own for name in names] for own in marks], bool)
    return tag_answers(probabilities, has, known, photos)
