"""DINOv2 and CLIP: what a product looks like, as a vector."""

from functools import cached_property
from typing import Any, cast

import open_clip
import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import Dinov2Config, Dinov2Model
from transformers.utils import logging as transformers_logging

from inference.device import Placement
from inference.errors import ReleaseRefused
from inference.manifest import EncoderSpec
from inference.no_memory import is_memory

transformers_logging.disable_progress_bar()
transformers_logging.set_verbosity_error()  # what it would warn of is an error here

# Only the image tower is kept; the text tower of a custom network is as small as it can be.
NO_TEXT = {"context_length": 1, "vocab_size": 8, "width": 64, "heads": 1, "layers": 1}
DINOV2_FIELDS = (
    "hidden_size", "num_hidden_layers", "num_attention_heads", "mlp_ratio", "hidden_act", "layer_norm_eps",
    "image_size", "patch_size", "qkv_bias", "layerscale_value", "use_swiglu_ffn",
)  # fmt: skip
BATCH = 64


class Encoder:
    """One loaded encoder. Safe to call from several threads: it keeps no state between calls."""

    def __init__(self, spec: EncoderSpec, weights: dict[str, Tensor], placement: Placement) -> None:
        self.spec = spec
        self.placement = placement
        self.network = _network(spec, weights).to(placement.device, placement.dtype)
        self.mean = torch.tensor(spec.mean, device=placement.device).view(1, 3, 1, 1) * 255
        self.std = torch.tensor(spec.std, device=placement.device).view(1, 3, 1, 1) * 255

    @cached_property
    def length(self) -> int:
        """D: how many numbers describe one crop."""
        size = self.spec.image_size
        return self.encode(torch.zeros(1, 3, size, size, dtype=torch.uint8)).shape[1]

    @torch.inference_mode()
    def encode(self, crops: Tensor, batch: int = BATCH) -> Tensor:
        """uint8 [N, 3, S, S] letterboxed crops -> float32 [N, D], each row of length one; N may be 0.

        batch: how many the network is given at once.
        """
        if not len(crops):
            return torch.zeros(0, self.length, device=self.placement.device)
        batches = [self._encode(crops[start : start + batch]) for start in range(0, len(crops), batch)]
        return functional.normalize(torch.cat(batches).float(), dim=1)

    def _encode(self, crops: Tensor) -> Tensor:
        pixels = ((crops.to(self.placement.device) - self.mean) / self.std).to(self.placement.dtype)
        output = self.network(pixels)
        return cast(Tensor, output.pooler_output if self.spec.kind == "dinov2" else output)


def _network(spec: EncoderSpec, weights: dict[str, Tensor]) -> nn.Module:
    build = _dinov2 if spec.kind == "dinov2" else _open_clip_image_tower
    try:
        network = build(spec, {name: tensor.float() for name, tensor in weights.items()})
    except (RuntimeError, LookupError, TypeError, ValueError, AttributeError, AssertionError) as error:
        if is_memory(error):
            raise
        raise ReleaseRefused(f"The weights do not fit encoder {spec.name}. Import it again.") from error
    return network.eval().requires_grad_(False)


def _dinov2(spec: EncoderSpec, weights: dict[str, Tensor]) -> nn.Module:
    """`config` holds the fields of a Dinov2Config, as published checkpoints record them.

    Loaded through transformers, which knows the names that tensors had in earlier years; it would
    also invent tensors that are missing, which is refused here.
    """
    if strange := sorted(spec.config.keys() - set(DINOV2_FIELDS)):
        raise ValueError(f"the config has {strange[:3]}, which says nothing about a Dinov2Model's shape")
    config = Dinov2Config(**spec.config)
    network, report = Dinov2Model.from_pretrained(
        None, config=config, state_dict=weights, dtype=torch.float32, output_loading_info=True
    )
    if report["missing_keys"] or report["mismatched_keys"]:
        raise ValueError(f"tensors are missing: {sorted(report['missing_keys'])[:3]}")
    return cast(nn.Module, network)


def _open_clip_image_tower(spec: EncoderSpec, weights: dict[str, Tensor]) -> nn.Module:
    """A published architecture by name, or one built from `config` (embed_dim, vision_cfg).

    Whole CLIP checkpoints keep the image tower under `visual.`; a carried tower has no prefix.
    """
    config = spec.config or _published_config(spec)
    vision = {**config["vision_cfg"], "timm_model_pretrained": False}  # or timm would fetch weights of its own
    clip: Any = open_clip.CLIP(**{**config, "vision_cfg": vision}, text_cfg=NO_TEXT)
    visual = {name.removeprefix("visual."): w for name, w in weights.items() if name.startswith("visual.")}
    clip.visual.load_state_dict(visual or weights)
    return cast(nn.Module, clip.visual)


def _published_config(spec: EncoderSpec) -> dict[str, Any]:
    """The image side of a published architecture, with the activation that this checkpoint was trained with.

    open_clip only warns when the two differ, and answers something slightly wrong.
    """
    published = open_clip.get_model_config(spec.name)
    if published is None:
        raise KeyError(spec.name)
    checkpoint = open_clip.get_pretrained_cfg(spec.name, spec.pretrained) or {}
    quick_gelu = bool(published.get("quick_gelu") or checkpoint.get("quick_gelu"))
    return {"embed_dim": published["embed_dim"], "vision_cfg": published["vision_cfg"], "quick_gelu": quick_gelu}
