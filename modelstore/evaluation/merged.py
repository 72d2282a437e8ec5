"""Everything that one release was asked about."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from modelstore.evaluation.report import Report


def merged(found: Sequence[Report]) -> Report | None:
    """All answers of one release as one report; of answers to the same product the first."""
    if not found:
        return None
    seen: set[tuple[str, int]] = set()
    parts = []
    for report in found:
        keys = list(zip(report.answers.photos, report.answers.places.tolist(), strict=True))
        fresh = np.array([row for row, key in enumerate(keys) if key not in seen], np.int64)
        seen.update(keys)
        parts.append(report.answers.part(fresh))
    return replace(found[0], answers=parts[0].joined(parts[1:]))
