"""Golden answers: every network of a release carries an input and what it answered when it was made.

A network that no longer gives these answers (another version of a library, a broken device) is
refused. Each check is small, belongs to one file, and so runs once for networks that are shared.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor
from torchvision.ops import box_iou

from inference.detector import Detector
from inference.encoders import Encoder
from inference.errors import InvalidOutput, ReleaseRefused
from inference.head import Floats, Head
from inference.shelf.context import ShelfContext
from inference.weights import Array, packed, packed_tensors

SCORE_TOLERANCE = 0.05
BOX_IOU = 0.95
COSINE = {torch.float32: 0.999, torch.bfloat16: 0.99, torch.float16: 0.995}
PROBABILITY_TOLERANCE = 1e-3
GOLDEN_SHELF = (2000, 1000)
T = TypeVar("T", Tensor, Array)


def check_detector(detector: Detector, golden: dict[str, Tensor]) -> None:
    """golden: image uint8 [3, H, W], confidence [], boxes float32 [N, 5]. Raises ReleaseRefused.

    Boxes close to the threshold may come or go with the device; the others must be there.
    """
    confidence = float(_recorded(golden, "confidence", 0))
    image, boxes = _recorded(golden, "image", 3), _recorded(golden, "boxes", 2)
    with _no_answer_is_a_refusal("The detector"):
        found = detector.detect(image.to(detector.device), max(0.0, confidence - SCORE_TOLERANCE))
    sure = boxes[boxes[:, 4] >= confidence + SCORE_TOLERANCE]
    if not len(sure) or not _same_boxes(sure, found):
        raise ReleaseRefused("The detector does not reproduce its golden boxes. Import it again.")


def _same_boxes(expected: Tensor, found: Tensor) -> bool:
    if not len(found):
        return False
    overlap, match = box_iou(expected[:, :4], found[:, :4]).max(dim=1)
    score_difference = (expected[:, 4] - found[match, 4]).abs()
    return bool((overlap >= BOX_IOU).all() and (score_difference <= SCORE_TOLERANCE).all())


def check_encoder(encoder: Encoder, golden: dict[str, Tensor]) -> None:
    """golden: crops uint8 [N, 3, S, S], embeddings float32 [N, D]. Raises ReleaseRefused."""
    expected = _recorded(golden, "embeddings", 2)
    embeddings = encoder.encode(_recorded(golden, "crops", 4)).cpu()
    if embeddings.shape != expected.shape:
        raise ReleaseRefused(f"Encoder {encoder.spec.name} answers another length. Import it again.")
    cosine = (embeddings * expected).sum(dim=1)
    if not bool((cosine >= COSINE[encoder.placement.dtype]).all()):
        raise ReleaseRefused(f"Encoder {encoder.spec.name} does not reproduce its golden embeddings.")


def check_head(head: Head, golden: dict[str, Array]) -> None:
    """golden: features float32 [N, D], probabilities float32 [N, K]. Raises ReleaseRefused."""
    features = np.asarray(_recorded(golden, "features", 2), dtype=np.float32)
    if features.shape[1] != head.weight.shape[1]:
        raise ReleaseRefused("The classifier expects other embeddings. Train the release again.")
    expected = np.asarray(_recorded(golden, "probabilities", 2), dtype=np.float32)
    with _no_answer_is_a_refusal("The classifier"):
        answered = head.probabilities(features)
    if answered.shape != expected.shape or not np.allclose(answered, expected, rtol=0, atol=PROBABILITY_TOLERANCE):
        raise ReleaseRefused("The classifier does not reproduce its golden answers. Import it again.")


def check_context(context: ShelfContext, golden: dict[str, Array]) -> None:
    """golden: shelf.boxes float32 [N, 5], shelf.before and shelf.after float32 [N, K]. Raises ReleaseRefused."""
    boxes, before, after = (_recorded(golden, f"shelf.{name}", 2) for name in ("boxes", "before", "after"))
    answered = context.applied(np.asarray(before, np.float32), np.asarray(boxes, np.float64), GOLDEN_SHELF)
    if answered.shape != after.shape or not np.allclose(answered, after, rtol=0, atol=PROBABILITY_TOLERANCE):
        raise ReleaseRefused("Sizes on a shelf are not weighed as when the release was made. Train it again.")


def _recorded(golden: Mapping[str, T], name: str, dimensions: int) -> T:
    """What was recorded under that name. Raises ReleaseRefused when the file holds something else."""
    value = golden.get(name)
    if value is None or value.ndim != dimensions:
        raise ReleaseRefused(f"A file of golden answers holds no {name}. Export the bundle again.")
    return value


@contextmanager
def _no_answer_is_a_refusal(network: str) -> Iterator[None]:
    """NaN in a request is an invalid answer; NaN while loading means that the weights are no good."""
    try:
        yield
    except InvalidOutput as error:
        raise ReleaseRefused(f"{network} answers numbers that are none. Train the release again.") from error


def detector_golden(detector: Detector, image: Tensor, confidence: float = 0.25) -> bytes:
    """Record what a float32 detector answers now."""
    boxes = detector.detect(image.to(detector.device), confidence)
    named = {"image": image, "confidence": torch.tensor(confidence), "boxes": boxes}
    return packed_tensors(named)


def encoder_golden(encoder: Encoder, crops: Tensor) -> bytes:
    return packed_tensors({"crops": crops, "embeddings": encoder.encode(crops)})


def head_golden(head: Head, context: ShelfContext | None, features: Floats) -> bytes:
    """Record what the classifier answers, and what a shelf of the same products makes of it."""
    probabilities = head.probabilities(features)
    shelf = _shelf_golden(context, probabilities) if context else {}
    return packed({"features": features, "probabilities": probabilities, **shelf})


def _shelf_golden(context: ShelfContext, before: Floats) -> dict[str, Array]:
    """Side by side, each as large as the likeliest SKU should be."""
    sides = np.exp(np.nan_to_num(context.sizes.log_sides[before[:, : len(context.sizes.log_sides)].argmax(axis=1)]))
    height, width = 200 * sides.T
    right = np.cumsum(width)
    boxes = np.stack([right - width, 500 - height, right, np.full_like(right, 500), np.full_like(right, 0.9)], axis=1)
    boxes = boxes.astype(np.float32)
    after = context.applied(before, boxes.astype(np.float64), GOLDEN_SHELF)
    return {"shelf.boxes": boxes, "shelf.before": before, "shelf.after": after}
