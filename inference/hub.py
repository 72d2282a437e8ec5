"""Encoders under their published names, found on this machine: never downloaded, never replaced.

Looked for in the given folders, then in the local hub cache that huggingface_hub keeps. Only
safetensors are read: a checkpoint that exists as a pickle alone counts as missing.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import open_clip
from huggingface_hub import try_to_load_from_cache
from open_clip.constants import HF_SAFE_WEIGHTS_NAME

from inference.errors import WeightsMissing
from inference.manifest import EncoderKind, EncoderSpec, sha256

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
DINOV2_FIELDS = (
    "hidden_size", "num_hidden_layers", "num_attention_heads", "mlp_ratio", "hidden_act", "layer_norm_eps",
    "image_size", "patch_size", "qkv_bias", "layerscale_value", "use_swiglu_ffn",
)  # fmt: skip


def weight_bytes(spec: EncoderSpec, folders: Sequence[Path]) -> bytes:
    """The checkpoint of a named encoder. Raises WeightsMissing saying where it was looked for."""
    return _weight_file(spec.kind, spec.name, spec.pretrained, folders).read_bytes()


def dinov2(name: str, folders: Sequence[Path] = (), image_size: int = 224) -> tuple[EncoderSpec, bytes]:
    """A published DINOv2 (`facebook/dinov2-small`) without its golden answers, and its weights."""
    file = _weight_file("dinov2", name, "", folders)
    published: dict[str, Any] = json.loads((file.parent / "config.json").read_text())
    config = {field: published[field] for field in DINOV2_FIELDS if field in published}
    data = file.read_bytes()
    spec = EncoderSpec("dinov2", name, image_size, *IMAGENET, sha256(data), "", carried=False, config=config)
    return spec, data


def clip(name: str, pretrained: str, folders: Sequence[Path] = ()) -> tuple[EncoderSpec, bytes]:
    """A published open_clip model (`ViT-B-32`, `laion2b_s34b_b79k`), likewise."""
    data = _weight_file("open_clip", name, pretrained, folders).read_bytes()
    published = open_clip.get_pretrained_cfg(name, pretrained)
    size = open_clip.get_model_config(name)["vision_cfg"]["image_size"]
    mean, std = tuple(published["mean"]), tuple(published["std"])
    return EncoderSpec("open_clip", name, size, mean, std, sha256(data), "", False, pretrained), data


def _weight_file(kind: EncoderKind, name: str, pretrained: str, folders: Sequence[Path]) -> Path:
    repository = name if kind == "dinov2" else _clip_repository(name, pretrained)
    file_name = "model.safetensors" if kind == "dinov2" else HF_SAFE_WEIGHTS_NAME
    for folder in folders:
        candidate = folder / repository / file_name
        if candidate.is_file():
            return candidate
    cached = try_to_load_from_cache(repository, file_name)
    if isinstance(cached, str):
        return Path(cached)
    places = ", ".join(str(folder / repository) for folder in folders) or "no ENCODER_DIRS"
    raise WeightsMissing(
        f"Encoder {repository} is not on this machine: {file_name} is neither in {places} nor in the hub "
        f"cache. Put it there (huggingface-cli download {repository}); nothing is downloaded while serving."
    )


def _clip_repository(name: str, pretrained: str) -> str:
    published = open_clip.get_pretrained_cfg(name, pretrained) or {}
    repository = str(published.get("hf_hub", "")).strip("/")
    if not repository:
        raise WeightsMissing(f"open_clip knows no {name} / {pretrained}. Check the two names.")
    return repository
