"""Version 1.0 of SKU predict: flat `predictions[]`."""

from typing import Any

from inference.analysis import UNKNOWN
from inference.results import Reading

VERSION = "1.0"


def encode(reading: Reading, sku_conf: float, show_unknown: bool, seconds: float) -> dict[str, Any]:
    """seconds: from the request's arrival to this answer."""
    return {
        "predictions": [
            {
                "sku_name": facing.sku if facing.sku_conf >= sku_conf else UNKNOWN,
                "sku_confidence": round(facing.sku_conf, 4),
                "detection_confidence": round(facing.det_conf, 4),
                "bounding_box": list(facing.box),
            }
            for facing in reading.facings
            if show_unknown or facing.sku_conf >= sku_conf
        ],
        "processing_time_seconds": round(seconds, 3),
    }
