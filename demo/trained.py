"""The networks that training left in a folder of weights, as parts of a release."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from demo.catalogues import JORDINA
from demo.shelf.photo import take_photo
from demo.shelf.style import showcase_style
from inference.bundle import REFERENCE, Network, detector_network, encoder_network
from inference.crops import CropSpec
from inference.detector import Detector
from inference.encoders import Encoder
from inference.head import Head
from inference.loading import LoadedRelease
from inference.manifest import EncoderSpec
from inference.weights import tensors

ENCODERS = ("dinov2", "clip")


@lru_cache(maxsize=1)
def _sample() -> tuple[torch.Tensor, torch.Tensor]:
    """A small photo for golden answers, and the boxes on it."""
    photo = take_photo(0, JORDINA.products, showcase_style(480, 360, 700))
    boxes = torch.tensor([facing.box for facing in photo.facings])
    return torch.from_numpy(photo.image).permute(2, 0, 1).contiguous(), boxes


def _described(weights: Path, name: str) -> dict[str, Any]:
    return dict(json.loads((weights / f"{name}.json").read_text()))


def _bytes(weights: Path, name: str) -> bytes:
    return (weights / f"{name}.safetensors").read_bytes()


def detector(weights: Path) -> Network:
    described = _described(weights, "detector")
    data = _bytes(weights, "detector")
    return detector_network(described["architecture"], data, _sample()[0], described["image_size"])


def encoder(weights: Path, name: str) -> Network:
    described = _described(weights, name)
    spec = EncoderSpec(
        described["kind"], f"demo-{name}", described["image_size"], tuple(described["mean"]), tuple(described["std"]),
        "", "", config=described["config"],
    )  # fmt: skip
    return encoder_network(spec, _bytes(weights, name), *_sample())


def loaded(networks: tuple[Network, ...]) -> LoadedRelease:
    """Detector and encoders in memory, before there is a head: one that knows nothing stands in its place."""
    first, *others = networks
    encoders = tuple(Encoder(network.spec, tensors(network.weights), REFERENCE) for network in others)
    blank = Head(np.zeros((1, 1), np.float32), np.zeros(1, np.float32), 1.0, None)
    crops = tuple(CropSpec(network.spec.image_size) for network in others)
    return LoadedRelease(Detector(first.spec, tensors(first.weights), REFERENCE.device), encoders, crops, blank)


def parts(weights: Path) -> tuple[Network, ...]:
    """The detector and the encoders, in the order of a release."""
    return (detector(weights), *(encoder(weights, name) for name in ENCODERS))
