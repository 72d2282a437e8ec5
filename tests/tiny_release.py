"""A release of real architectures that is small and quick: untrained networks, honest answers to nobody.

The detector's class bias is raised so that it finds boxes on any photo; everything else is random, from
a fixed seed. What matters here is the path through the code, which is the same as for trained networks.
"""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import open_clip
import torch
from PIL import Image
from transformers import Dinov2Config, Dinov2Model
from ultralytics.nn.tasks import DetectionModel

from inference.bundle import Network, Regression, detector_network, encoder_network, write_bundle
from inference.detector import as_tensor
from inference.encoders import NO_TEXT
from inference.hub import IMAGENET
from inference.manifest import EncoderSpec, Manifest, Task
from inference.weights import packed_tensors

CPU = torch.device("cpu")
SKUS = ("TINY_APPLE_500ML", "TINY_ORANGE_500ML", "TINY_تفاح_330ML")
ARCHITECTURE: dict[str, Any] = {
    "nc": 1,
    "scale": "n",
    "scales": {"n": [0.33, 0.25, 1024]},
    "backbone": [
        [-1, 1, "Conv", [32, 3, 2]],
        [-1, 1, "Conv", [32, 3, 2]],
        [-1, 1, "Conv", [64, 3, 2]],
        [-1, 1, "Conv", [64, 3, 2]],
        [-1, 1, "Conv", [64, 3, 2]],
    ],
    "head": [[[2, 3, 4], 1, "Detect", ["nc"]]],
}
DINO = {
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "image_size": 56,
    "patch_size": 14,
}
CLIP = {"embed_dim": 16, "vision_cfg": {"image_size": 56, "patch_size": 14, "width": 32, "layers": 1, "head_width": 16}}
BOXES = torch.tensor([[10.0, 10, 60, 120], [80, 20, 150, 140], [160, 40, 220, 200]])


def photo(width: int = 320, height: int = 240, seed: int = 7) -> Image.Image:
    """Coloured blocks: something with edges, the same for everybody."""
    blocks = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(blocks).resize((width, height), Image.Resampling.NEAREST)


def _pixels() -> torch.Tensor:
    return as_tensor(photo(), torch.device("cpu")).contiguous()


@cache
def detector(seed: int = 0) -> Network:
    torch.manual_seed(seed)
    model = DetectionModel(dict(ARCHITECTURE), ch=3, verbose=False)
    for branch in model.model[-1].cv3:
        torch.nn.init.constant_(branch[-1].bias, 1.0)
    return detector_network(ARCHITECTURE, packed_tensors(model.state_dict()), _pixels(), 160, iou=0.3)


@cache
def encoders(seed: int = 0) -> tuple[Network, Network]:
    torch.manual_seed(seed)
    dino = Dinov2Model(Dinov2Config(**DINO))
    clip = open_clip.CLIP(**CLIP, text_cfg=NO_TEXT)
    dino_spec = EncoderSpec("dinov2", "tiny-dinov2", 56, *IMAGENET, "", "", config=dict(DINO))
    clip_spec = EncoderSpec("open_clip", "tiny-clip", 56, *IMAGENET, "", "", config=dict(CLIP))
    return (
        encoder_network(dino_spec, packed_tensors(dino.state_dict()), _pixels(), BOXES),
        encoder_network(clip_spec, packed_tensors(clip.visual.state_dict()), _pixels(), BOXES),
    )


def write(
    folder: Path,
    brand: str = "ONE",
    seed: int = 0,
    skus: tuple[str, ...] = SKUS,
    category: str = "TINY",
    share: bool = False,
) -> Manifest:
    """A bundle `category`/`brand`; another seed is another head on the same networks."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(6, 48)).astype(np.float32)
    coefficients = rng.normal(scale=3, size=(len(skus), 48))
    regression = Regression(np.asfortranarray(coefficients), rng.normal(size=len(skus)), features)
    return write_bundle(folder, category, brand, skus, detector(), encoders(), regression, share=share)


def write_classifier(
    folder: Path,
    slug: str = "tiny-classes",
    task: Task = "single_label",
    classes: tuple[str, ...] = ("apple", "orange", "unknown"),
    seed: int = 0,
) -> Manifest:
    """A classifier of whole pictures CLASSIFICATION/`slug`, on the same networks."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(6, 48)).astype(np.float32)
    regression = Regression(rng.normal(scale=3, size=(len(classes), 48)), rng.normal(size=len(classes)), features)
    return write_bundle(folder, "CLASSIFICATION", slug, classes, detector(), encoders(), regression, task=task)
