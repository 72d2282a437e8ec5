"""The networks under demo/weights, as parts of a release."""

import json
from functools import lru_cache
from typing import Any

import numpy as np
import torch

from demo.catalogue import jordina
from demo.shelf.photo import take_photo
from demo.shelf.style import showcase_style
from demo.train_detector import WEIGHTS
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
    photo = take_photo(0, jordina(), showcase_style(480, 360, 700))
    boxes = torch.tensor([facing.box for facing in photo.facings])
    return torch.from_numpy(photo.image).permute(2, 0, 1).contiguous(), boxes


def _described(name: str) -> dict[str, Any]:
    return dict(json.loads((WEIGHTS / f"{name}.json").read_text()))


def _bytes(name: str) -> bytes:
    return (WEIGHTS / f"{name}.safetensors").read_bytes()


def detector() -> Network:
    described = _described("detector")
    return detector_network(described["architecture"], _bytes("detector"), _sample()[0], described["image_size"])


def encoder(name: str) -> Network:
    described = _described(name)
    spec = EncoderSpec(
        described["kind"], f"demo-{name}", described["image_size"], tuple(described["mean"]), tuple(described["std"]),
        "", "", config=described["config"],
    )  # fmt: skip
    return encoder_network(spec, _bytes(name), *_sample())


def loaded(networks: tuple[Network, ...]) -> LoadedRelease:
    """Detector and encoders in memory, before there is a head: one that knows nothing stands in its place."""
    first, *others = networks
    encoders = tuple(Encoder(network.spec, tensors(network.weights), REFERENCE) for network in others)
    blank = Head(np.zeros((1, 1), np.float32), np.zeros(1, np.float32), 1.0, None)
    crops = tuple(CropSpec(network.spec.image_size) for network in others)
    return LoadedRelease(Detector(first.spec, tensors(first.weights), REFERENCE.device), encoders, crops, blank)


def parts() -> tuple[Network, ...]:
    """The detector and the encoders, in the order of a release."""
    return (detector(), *(encoder(name) for name in ENCODERS))
