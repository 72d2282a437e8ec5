"""The reports of a release, each computed once per process: what is in the store under a digest never changes."""

from dataclasses import replace
from functools import lru_cache

from inference.errors import ReleaseRefused
from inference.file_store import verified
from inference.manifest import loads
from modelstore.evaluation.merged import merged
from modelstore.evaluation.page.document import Page, page_of
from modelstore.evaluation.page.words import plural
from modelstore.evaluation.report import Report, report_from
from modelstore.models import Evaluation, Release
from modelstore.store import model_store


def listed(release: Release) -> dict[str, str]:
    """Digest -> when it was judged, and by what: the report it carries, then evaluations, the newest first."""
    own = loads(release.manifest.encode()).report
    carried = {own: "when it was trained"} if own else {}
    return carried | {row.report: _told(row) for row in Evaluation.objects.filter(release=release)}


def _told(row: Evaluation) -> str:
    why = f" {row.why}" if row.why else ""
    return f"{row.at:%Y-%m-%d %H:%M}, {plural(row.photos, 'photo')}, by {row.who}.{why}"


@lru_cache(maxsize=8)
def report_called(digest: str) -> Report:
    """Raises ReleaseRefused for what is missing, damaged or no report."""
    return report_from(verified(model_store(), digest))


@lru_cache(maxsize=16)
def _page(digest: str, own: str, release: str) -> Page:
    """What the release learnt from stands in the report it carries."""
    told = report_called(digest)
    if own and own != digest:
        carried = report_called(own)
        told = replace(told, learnt=carried.learnt, fingerprints=carried.fingerprints)
    return page_of(told, release)


def page_of_release(release: Release, of: str = "") -> Page:
    """of: the digest of one of its reports; the first listed without. Raises ReleaseRefused."""
    known = listed(release)
    if not known:
        raise ReleaseRefused(without(release))
    return _page(of if of in known else next(iter(known)), loads(release.manifest.encode()).report, str(release))


def forget() -> None:
    """For tests, whose stores come and go."""
    report_called.cache_clear()
    _page.cache_clear()


def all_answers(release: Release) -> Report:
    """What it answered in all its reports, as the promotion gate sees it. Raises ReleaseRefused."""
    found = merged([report_called(digest) for digest in listed(release)])
    if found is None:
        raise ReleaseRefused(without(release))
    return found


def without(release: Release) -> str:
    return (
        f"{release} carries no report: releases have one when they are trained here. Judge it by photos that it never "
        f"saw: manage.py evaluate_release '{release}' --photos FOLDER."
    )
