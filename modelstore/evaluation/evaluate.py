"""Evaluations: a release is asked about photos, and what it answered is kept as a report."""

from collections.abc import Iterable

from django.conf import settings

from inference.errors import ReleaseRefused
from inference.file_store import verified
from inference.manifest import loads
from modelstore.audit import operator
from modelstore.errors import EvaluationRefused
from modelstore.evaluation.asked import Asked, from_kept
from modelstore.evaluation.carried import report_of
from modelstore.evaluation.report import Learnt, Report, report_from
from modelstore.models import Evaluation, Release
from modelstore.photo_store import photo_store
from modelstore.store import model_store


def evaluate(release: Release, asked: Asked, who: str = "", why: str = "", progress: bool = False) -> Report:
    """Files first, the row last. Raises EvaluationRefused, TrainingRefused."""
    if not len(asked):
        raise EvaluationRefused(
            f"There are no photos to judge {release} by. Give --photos FOLDER or --shelves LABELS that it never saw."
        )
    report = _judged(release, asked, progress)
    try:
        for source in asked.sources().values():
            photo_store().write(source.read_bytes())
        digest = model_store().write(report.dumps())
    except OSError as error:
        raise EvaluationRefused(f"The report cannot be kept: {error}. Make room, and try again.") from error
    if not Evaluation.objects.filter(release=release, report=digest).exists():
        Evaluation.objects.create(release=release, report=digest, photos=len(asked), who=who or operator(), why=why)
    return report


def _judged(release: Release, asked: Asked, progress: bool) -> Report:
    from inference.device import choose  # torch only loads where a model is really needed
    from inference.loading import Loader
    from modelstore.evaluation.judge import judged
    from modelstore.evaluation.judge_pictures import judged_pictures

    manifest = loads(release.manifest.encode())
    try:
        loader = Loader(model_store(), choose(settings.DEVICE, settings.PRECISION), settings.ENCODER_DIRS)
        names, own = [label.name for label in manifest.labels], report_of(release)
        if manifest.task == "sku":
            return judged(loader.load(manifest), names, asked, own, progress)
        return judged_pictures(loader.load(manifest), names, manifest.task, asked, own, progress)
    except ReleaseRefused as error:
        raise EvaluationRefused(f"{release} cannot be judged: {error}") from error
    except OSError as error:
        raise EvaluationRefused(f"A photo cannot be read, or its embedding kept: {error}. Nothing was kept.") from error


def reports(release: Release) -> list[Report]:
    """The one it carries, then those of its evaluations, the newest first. Raises ReleaseRefused."""
    own = report_of(release)
    later = [report_from(verified(model_store(), row.report)) for row in Evaluation.objects.filter(release=release)]
    return ([own] if own else []) + later


def kept_photos(release: Release) -> Asked:
    """What releases of its line were asked about, and this one has not learnt from."""
    own = report_of(release)
    learnt = {one.photo for one in own.learnt} if own else set()
    others = Evaluation.objects.filter(release__line=release.line_id)
    labelled = [
        one for row in others for one in report_from(verified(model_store(), row.report)).asked
        if one.photo not in learnt
    ]  # fmt: skip
    return from_kept(labelled)


def labels_by_photo(found: Iterable[Report]) -> dict[str, Learnt]:
    return {one.photo: one for report in found for one in (*report.learnt, *report.asked)}
