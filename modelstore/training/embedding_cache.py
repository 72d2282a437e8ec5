"""Embeddings are computed once: kept by the digest of the photo, the crop, and the encoder; fingerprints with them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
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
from modelstore.evaluation.fingerprints import Fingerprints, fingerprint
from modelstore.training.photo_folders import ReferencePhoto, read

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Embedded:
    """Of N photos: embeddings, float32 [N, D], and fingerprints, uint8 [N, 768]."""

    features: Floats
    fingerprints: Fingerprints


@dataclass(frozen=True)
class EmbeddingCache:
    """A folder of small files; any of them may be deleted at any time."""

    folder: Path

    def embeddings(self, photos: Sequence[ReferencePhoto], release: LoadedRelease, progress: bool) -> Embedded:
        """Of the whole photos, cut and letterboxed as serving cuts boxes. Raises TrainingRefused."""
        how = _how(release)
        shown: Iterable[ReferencePhoto] = tqdm(photos, desc="embeddings", unit="photo", disable=not progress)
        found = [self._embedded(photo, release, how) for photo in shown]
        return Embedded(*(np.stack([one[name] for one in found]) for name in ("embedding", "fingerprint")))

    def _embedded(self, photo: ReferencePhoto, release: LoadedRelease, how: str) -> dict[str, NDArray[Any]]:
        key = sha256(f"{photo.digest} {how}".encode())
        path = self.folder / key[:2] / f"{key}.safetensors"
        try:
            kept = arrays(path.read_bytes())
            return {name: kept[name] for name in ("embedding", "fingerprint")}
        except (OSError, ReleaseRefused, KeyError):  # not there yet, or cut off
            fresh = _embedded(photo, release)
            _keep(path, fresh)
            return fresh


def _how(release: LoadedRelease) -> str:
    """Everything that an embedding depends on beside the photo."""
    parts = zip(release.encoders, release.crops, strict=True)
    described = [(asdict(encoder.spec), str(encoder.placement.dtype), asdict(crop)) for encoder, crop in parts]
    return json.dumps(described, sort_keys=True)


def _embedded(photo: ReferencePhoto, release: LoadedRelease) -> dict[str, NDArray[Any]]:
    image = read(photo)
    pixels = as_tensor(image, release.detector.device)
    whole = torch.tensor([[0.0, 0.0, image.width, image.height]], device=pixels.device)
    embedding = np.asarray(embed(release, pixels, whole).numpy()[0], np.float32)
    return {"embedding": embedding, "fingerprint": fingerprint(image)}


def _keep(path: Path, found: dict[str, NDArray[Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{uuid4().hex}.partial")
    partial.write_bytes(packed(found))
    partial.replace(path)
