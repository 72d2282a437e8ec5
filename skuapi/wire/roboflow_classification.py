"""Answers of whole-image classifiers, and of SKU releases that are asked about one product."""

from collections.abc import Iterable
from typing import Any, Final

from inference.manifest import Label
from inference.results import Classification
from skuapi.wire.roboflow_answer import About, beginning
from skuapi.wire.roboflow_request import Wishes

MODEL: Final = "ClassificationModel"
TAG_THRESHOLD: Final = 0.5
"""From what confidence on a tag is among `predicted_classes`, where the client names none."""
PLACES: Final = 4

Named = tuple[Label, float]


def named(labels: Iterable[Label], found: Classification, wishes: Wishes) -> list[Named]:
    """Classes with their confidences, in the model's order, but for those that the client does not want."""
    pairs = zip(labels, found.confidences, strict=True)
    return [(label, sure) for label, sure in pairs if wishes.classes is None or label.name in wishes.classes]


def surest_first(classes: Iterable[Named], wishes: Wishes) -> list[Named]:
    """Of a single-label model: those at or above the confidence; all of them where none is named."""
    return sorted((pair for pair in classes if pair[1] >= (wishes.confidence or 0)), key=lambda pair: -pair[1])


def predicted(classes: Iterable[Named], wishes: Wishes) -> list[Named]:
    """Of a multi-label model: the tags that the image has."""
    threshold = TAG_THRESHOLD if wishes.confidence is None else wishes.confidence
    return [pair for pair in classes if pair[1] >= threshold]


def encode_single_label(classes: Iterable[Named], wishes: Wishes, about: About) -> dict[str, Any]:
    shown = surest_first(classes, wishes)
    return {
        **beginning(about),
        "predictions": [
            {"class": label.name, "class_id": label.id, "confidence": round(sure, PLACES)} for label, sure in shown
        ],
        "top": shown[0][0].name if shown else "",
        "confidence": round(shown[0][1], PLACES) if shown else 0.0,
        **_ending(about),
    }


def encode_multi_label(classes: Iterable[Named], wishes: Wishes, about: About) -> dict[str, Any]:
    every = list(classes)
    return {
        **beginning(about),
        "predictions": {label.name: {"confidence": sure, "class_id": label.id} for label, sure in every},
        "predicted_classes": [label.name for label, _ in predicted(every, wishes)],
        **_ending(about),
    }


def _ending(about: About) -> dict[str, Any]:
    return {"image_path": about.image_path, "prediction_type": MODEL}
