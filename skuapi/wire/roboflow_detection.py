"""Answers of SKU releases that are asked where products are."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from inference.manifest import Label
from inference.results import Facing
from skuapi.wire.roboflow_answer import About, beginning


def encode(labels: Sequence[Label], facings: Iterable[Facing], about: About) -> dict[str, Any]:
    """The surest SKU first; boxes as centre and size in pixels."""
    shown = sorted(facings, key=lambda facing: -facing.sku_conf)
    return {**beginning(about), "predictions": [_prediction(labels[facing.label], facing) for facing in shown]}


def _prediction(label: Label, facing: Facing) -> dict[str, Any]:
    x1, y1, x2, y2 = facing.box
    return {
        "x": (x1 + x2) / 2,
        "y": (y1 + y2) / 2,
        "width": float(x2 - x1),
        "height": float(y2 - y1),
        "confidence": round(facing.sku_conf, 4),
        "class": label.name,
        "class_id": label.id,
        "detection_id": str(uuid.uuid4()),
    }
