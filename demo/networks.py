"""The two encoders' architectures, small enough to be trained on a CPU."""

from dataclasses import dataclass
from typing import Any, cast

import open_clip
import torch
from torch import Tensor, nn
from transformers import Dinov2Config, Dinov2Model

import inference.encoders  # noqa: F401  (keeps the hubs offline before their libraries are imported)
from inference.encoders import NO_TEXT

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class NetworkSpec:
    """What serving must know to rebuild a network and to prepare its input."""

    kind: str
    config: dict[str, Any]
    size: int
    """Side of its input in pixels."""
    width: int
    """Length of its answer."""
    mean: Triple
    std: Triple

    def described(self) -> dict[str, Any]:
        return {"kind": self.kind, "image_size": self.size, "mean": self.mean, "std": self.std, "config": self.config}


SPECS = {
    "dinov2": NetworkSpec(
        "dinov2",
        {
            "hidden_size": 192, "num_hidden_layers": 4, "num_attention_heads": 3, "mlp_ratio": 4,
            "image_size": 112, "patch_size": 14, "layerscale_value": 1.0,
        },
        112, 192, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225),
    ),
    "clip": NetworkSpec(
        "open_clip",
        {
            "embed_dim": 256,
            # CLIP's own modified ResNet: convolutions learn from few photos what a transformer needs many for.
            "vision_cfg": {"image_size": 128, "width": 24, "layers": [1, 1, 1, 1], "head_width": 64},
        },
        128, 256, (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711),
    ),
}  # fmt: skip


def build_network(name: str) -> nn.Module:
    """A network with random weights."""
    spec = SPECS[name]
    if spec.kind == "dinov2":
        return cast(nn.Module, Dinov2Model(Dinov2Config(**spec.config)))
    tower = open_clip.CLIP(**spec.config, text_cfg=NO_TEXT).visual
    return cast(nn.Module, tower.to(memory_format=torch.channels_last))


def embed(name: str, network: nn.Module, pixels: Tensor) -> Tensor:
    """Normalised pixels [B, 3, S, S] -> features [B, D], as serving takes them."""
    output = network(pixels)
    return cast(Tensor, output.pooler_output if SPECS[name].kind == "dinov2" else output)
