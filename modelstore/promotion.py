"""From a published release to the one that answers: the gate first, then the proof, then the switch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inference.torch_import import import_torch
from modelstore.errors import PublishRefused
from modelstore.models import Release
from modelstore.proving import Prove, refuse_draft
from modelstore.publishing import activate

if TYPE_CHECKING:
    from modelstore.evaluation.gate import Verdict

OVERRIDE = "If it shall answer all the same, activate it with a written reason, which is kept."


def promote(release: Release, prove: Prove, who: str = "", reason: str = "") -> Verdict:
    """Activate a release that is not worse than the active one, or for a written reason. Raises PublishRefused.

    Both, the verdict and the reason, are kept in the audit trail.
    """
    import_torch()  # it only loads where a model is really needed
    from modelstore.evaluation.gate import judge

    refuse_draft(release)
    active = release.line.active()
    verdict = judge(release, active)
    if not verdict.passed and not reason.strip():
        raise PublishRefused(f"{release} was not activated. {verdict.words} {OVERRIDE}")
    activate(release, prove, who, reason, verdict.words, None if reason.strip() else active)
    return verdict
