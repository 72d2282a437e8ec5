"""Which figures say something about which task. Apart from computing them, which needs scikit-learn."""

from inference.manifest import Task

MEAN_AUROC = "mean_auroc"
_FEW = 5
"""Among so many guesses there is any of so many classes."""


def is_told(name: str, task: Task, labels: int) -> bool:
    """Pictures of whole-image classifiers are never none of the classes. labels: how many there are."""
    if task == "sku":
        return True
    if name == "top5":
        return task == "single_label" and labels > _FEW
    return name in ("top1", "coverage_at_95_precision", "ece", MEAN_AUROC) or name.endswith("_alone")
