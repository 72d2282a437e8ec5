"""Embeddings are computed once: kept by the digest of the photo, the crop, and the encoder."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from inference.detector import as_tensor
from inference.errors import ReleaseRefused
from inference.loading import LoadedRelease, embed
from inference.manifest import sha256
from inference.weights import arrays, packed
from modelstore.training.photo_folders import ReferencePhoto, read

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class EmbeddingCache:
    """A folder of small files; any of them may be deleted at any time."""

    folder: Path

    def embeddings(self, photos: Sequence[ReferencePhoto], release: LoadedRelease, progress: bool) -> Floats:
        """float32 [N, D] of the whole photos, cut and letterboxed as serving cuts boxes. Raises TrainingRefused."""
        how = _how(release)
        shown: Iterable[ReferencePhoto] = tqdm(photos, desc="embeddings", unit="photo", disable=not progress)
        return np.stack([self._embedding(photo, release, how) for photo in shown])

    def _embedding(self, photo: ReferencePhoto, release: LoadedRelease, how: str) -> Floats:
        key = sha256(f"{photo.digest} {how}".encode())
        path = self.folder / key[:2] / f"{key}.safetensors"
        try:
            return np.asarray(arrays(path.read_bytes())["embedding"], np.float32)
        except (OSError, ReleaseRefused, KeyError):  # not there yet, or cut off
            embedding = _embedded(photo, release)
            _keep(path, embedding)
            return embedding


def _how(release: LoadedRelease) -> str:
    """Everything that an embedding depends on beside the photo."""
    parts = zip(release.encoders, release.crops, strict=True)
    described = [(asdict(encoder.spec), str(encoder.placement.dtype), asdict(crop)) for encoder, crop in parts]
    return json.dumps(described, sort_keys=True)


def _embedded(photo: ReferencePhoto, release: LoadedRelease) -> Floats:
    image = read(photo)
    pixels = as_tensor(image, release.detector.device)
    whole = torch.tensor([[0.0, 0.0, image.width, image.height]], device=pixels.device)
    return np.asarray(embed(release, pixels, whole).numpy()[0], np.float32)


def _keep(path: Path, embedding: Floats) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{uuid4().hex}.partial")
    partial.write_bytes(packed({"embedding": embedding}))
    partial.replace(path)
