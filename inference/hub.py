"""Encoders under their published names, found on this machine: never downloaded, never replaced.

Looked for in the given folders, plain (`facebook/dinov2-small/model.safetensors`) or laid out as a hub
cache, then in the cache that huggingface_hub keeps. Only safetensors are read: a checkpoint that exists
as a pickle alone counts as missing.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import open_clip
from huggingface_hub import constants, try_to_load_from_cache
from open_clip.constants import HF_SAFE_WEIGHTS_NAME

from inference.encoders import DINOV2_FIELDS
from inference.errors import ReleaseRefused, WeightsMissing
from inference.manifest import EncoderKind, EncoderSpec, sha256

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def weight_bytes(spec: EncoderSpec, folders: Sequence[Path]) -> bytes:
    """The checkpoint that a release was trained with, under its published name.

    Raises WeightsMissing saying where it was looked for, and ReleaseRefused for another checkpoint of that name.
    """
    file = _weight_file(spec.kind, spec.name, spec.pretrained, folders)
    data = file.read_bytes()
    if sha256(data) != spec.weights:
        raise ReleaseRefused(
            f"Encoder {spec.name} in {file} is damaged, or not the one that the release was trained with: its "
            "digest differs. Put the right one there, or train the release again."
        )
    return data


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
        found = candidate if candidate.is_file() else _cached(repository, file_name, folder)
        if found:
            return found
    if found := _cached(repository, file_name, Path(constants.HF_HUB_CACHE)):
        return found
    places = ", ".join(str(folder / repository) for folder in folders) or "any folder (ENCODER_DIRS names none)"
    raise WeightsMissing(
        f"Encoder {repository} is not on this machine: {file_name} is neither in {places} nor in the hub cache "
        f"{constants.HF_HUB_CACHE}. Put it there (`hf download {repository}`); nothing is downloaded while serving."
    )


def _cached(repository: str, file_name: str, cache: Path) -> Path | None:
    """From a folder laid out as huggingface_hub does: `models--owner--name/snapshots/<revision>/`."""
    found = try_to_load_from_cache(repository, file_name, cache_dir=cache)
    return Path(found) if isinstance(found, str) else None


def _clip_repository(name: str, pretrained: str) -> str:
    published = open_clip.get_pretrained_cfg(name, pretrained) or {}
    repository = str(published.get("hf_hub", "")).strip("/")
    if not repository:
        raise WeightsMissing(f"open_clip knows no {name} / {pretrained}. Check the two names.")
    return repository
