"""The figures that stand in a release's manifest."""

import numpy as np

from inference.manifest import Task
from modelstore.evaluation import metrics
from modelstore.evaluation.answers import Answers, Calibration
from modelstore.evaluation.figure_names import is_told

SURE = 0.5
"""The default threshold of answers."""


def figures(named: Answers, judged: Calibration, task: Task = "sku") -> dict[str, float | int]:
    """Those that say something about the task. named: what is right first and among five; judged: what confidences are
    worth, strangers included."""
    found, labels = _all(named, judged), int(named.truth.max(initial=-1)) + 1
    return {name: value for name, value in found.items() if is_told(name, task, labels)}


def _all(named: Answers, judged: Calibration) -> dict[str, float | int]:
    found: dict[str, float | int] = {}
    if named.known.any():
        found["top1"] = float(named.right[named.known].mean())
        found["top5"] = float(named.among_best[named.known].mean())
        found["coverage_at_95_precision"] = metrics.coverage(named.surest, named.right)
    found["ece"] = metrics.calibration_error(judged.confidences, judged.right, judged.weights)
    if judged.known.any():
        found["known_kept_at_0.5"] = float((judged.confidences[judged.known] >= SURE).mean())
    if judged.known.any() and not judged.known.all():
        found["unknown_auroc"] = metrics.unknown_auroc(judged.confidences, judged.known)
        found["unknown_fpr95"] = metrics.false_positive_rate(judged.confidences, judged.known)
        found["unknown_rejected_at_0.5"] = float((judged.confidences[~judged.known] < SURE).mean())
    return {name: round(float(np.clip(value, 0, 1)), 4) for name, value in found.items()}
