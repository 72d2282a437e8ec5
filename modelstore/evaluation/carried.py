"""The report that a release carries. Apart from reports themselves, which need no database."""

from inference.file_store import verified
from inference.manifest import loads
from modelstore.evaluation.report import Report, report_from
from modelstore.models import Release
from modelstore.store import model_store


def report_of(release: Release) -> Report | None:
    """What was measured when it was trained; None for a bundle without. Raises ReleaseRefused."""
    digest = loads(release.manifest.encode()).report
    return report_from(verified(model_store(), digest)) if digest else None
