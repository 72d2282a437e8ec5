"""The photo that a fine-tuned detector is proved with wherever it is loaded: small, since it travels along."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from PIL import Image
from torch import Tensor

from inference.bundle import Network, detector_network
from inference.detector import as_tensor
from inference.images import decode
from inference.manifest import DetectorSpec
from inference.weights import tensors
from modelstore.training.detector.boxes import SURE, Truth

_SIDES = (320, 480, 640)
_TRIED = 6


def proved(spec: DetectorSpec, weights: bytes, truths: Sequence[Truth]) -> Network | None:
    """The detector with golden answers on one of the photos it learnt from; None when it is sure of nothing there.

    spec: of the detector that training started from."""
    for photo in _candidates(truths):
        network = detector_network(spec.architecture, weights, photo, spec.image_size, spec.iou)
        if bool((tensors(network.golden)["boxes"][:, 4] >= SURE).any()):
            return replace(network, spec=replace(network.spec, max_detections=spec.max_detections))
    return None


def _candidates(truths: Sequence[Truth]) -> Iterator[Tensor]:
    """The photos with the most products first, as small as can be."""
    fullest = sorted(truths, key=lambda truth: -len(truth.labelled))[:_TRIED]
    for side in _SIDES:
        for truth in fullest:
            photo = decode(truth.photo.path.read_bytes())
            photo.thumbnail((side, side), Image.Resampling.BOX)
            yield as_tensor(photo, torch.device("cpu")).contiguous()
