"""Version 2.0 of SKU predict: `detections[]` and `analysis{}`."""

from typing import Any

import pybase64

from inference.analysis import UNKNOWN, analyse
from inference.results import Facing, Reading

VERSION = "2.0"


def encode(reading: Reading, sku_conf: float, show_unknown: bool, annotated: bytes | None) -> dict[str, Any]:
    """annotated: JPEG bytes, or None when the client does not want the picture."""
    analysis = analyse(reading, sku_conf, show_unknown)
    body: dict[str, Any] = {
        "success": True,
        "detections": [
            _detection(facing, sku_conf) for facing in reading.facings if show_unknown or facing.sku_conf >= sku_conf
        ],
        "analysis": {
            "total": analysis.total,
            "detected": analysis.detected,
            "counts": analysis.counts,
            "sos": analysis.sos,
            "osa": analysis.osa,
        },
    }
    if annotated is not None:
        body["annotated_image_base64"] = pybase64.b64encode_as_string(annotated)
    return body


def _detection(facing: Facing, sku_conf: float) -> dict[str, Any]:
    return {
        "sku": facing.sku if facing.sku_conf >= sku_conf else UNKNOWN,
        "sku_conf": round(facing.sku_conf, 4),
        "yolo_conf": round(facing.det_conf, 4),
        "bbox": list(facing.box),
    }
