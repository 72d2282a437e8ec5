"""From a manifest to networks in memory: digests first, then golden answers, then service."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch

from inference import golden, hub
from inference.cache import SharedParts
from inference.crops import CropSpec, crop_batch
from inference.detector import Detector
from inference.device import Placement
from inference.encoders import Encoder
from inference.errors import EngineOffline, OutOfMemory, ReleaseRefused
from inference.file_store import FileStore, verified
from inference.head import Head, head_from
from inference.manifest import DetectorSpec, EncoderSpec, Manifest
from inference.no_memory import is_memory
from inference.shelf.context import ShelfContext, context_from
from inference.weights import arrays, tensors

Room = Callable[[int], None]
DEVICE_LOST = "The device has failed. Try again; tell the operator if it lasts."
NO_MEMORY = "There is not enough memory to load the model. Try again in a minute; tell the operator if it lasts."


@dataclass(frozen=True)
class LoadedRelease:
    """Networks shared with other releases; the head, and what its shelves have taught, are this brand's own."""

    detector: Detector
    encoders: tuple[Encoder, ...]
    crops: tuple[CropSpec, ...]
    head: Head
    context: ShelfContext | None = None

    @property
    def length(self) -> int:
        """D: how many numbers describe one facing."""
        return int(self.head.weight.shape[1])

    @property
    def columns(self) -> tuple[slice, ...]:
        """The columns of each encoder's embedding."""
        ends = [0]
        for encoder in self.encoders:
            ends.append(ends[-1] + encoder.length)
        return tuple(slice(start, end) for start, end in pairwise(ends))

    @property
    def columns_by_kind(self) -> dict[str, slice]:
        """The same, by the kind of encoder."""
        return {encoder.spec.kind: part for encoder, part in zip(self.encoders, self.columns, strict=True)}


class Loader:
    """Builds releases. Networks with the same weights and settings are built once and shared."""

    def __init__(self, store: FileStore, placement: Placement, encoder_folders: Sequence[Path] = ()) -> None:
        self.store = store
        self.placement = placement
        self.encoder_folders = encoder_folders
        self._detectors = SharedParts[Detector]()
        self._encoders = SharedParts[Encoder]()

    def load(self, manifest: Manifest, room: Room = lambda size: None) -> LoadedRelease:
        """room: told of the bytes of each part that is not in memory yet, before it is built.

        Raises ReleaseRefused with the reason when anything is not as it was released; OutOfMemory and EngineOffline,
        which say nothing about the release; what `room` raises.
        """
        try:
            return self._built(manifest, room)
        except Exception as error:
            if is_memory(error):
                raise OutOfMemory(NO_MEMORY) from error
            if isinstance(error, torch.AcceleratorError):
                raise EngineOffline(DEVICE_LOST) from error
            raise

    def _built(self, manifest: Manifest, room: Room) -> LoadedRelease:
        detector = self._detectors.get(*self._detector_part(manifest.detector, room))
        encoders = tuple(self._encoders.get(*self._encoder_part(spec, room)) for spec in manifest.encoders)
        head, context = self._head(manifest, room)
        _check_lengths(encoders, head)
        return LoadedRelease(detector, encoders, _crop_specs(manifest), head, context)

    def _detector_part(self, spec: DetectorSpec, room: Room) -> tuple[str, Callable[[], Detector]]:
        return _key(spec), lambda: self._detector(spec, room)

    def _encoder_part(self, spec: EncoderSpec, room: Room) -> tuple[str, Callable[[], Encoder]]:
        return _key(spec), lambda: self._encoder(spec, room)

    def _detector(self, spec: DetectorSpec, room: Room) -> Detector:
        weights = tensors(verified(self.store, spec.weights))
        room(_bytes(weights, torch.float32))
        detector = Detector(spec, weights, self.placement.device)
        golden.check_detector(detector, tensors(verified(self.store, spec.golden)))
        return detector

    def _encoder(self, spec: EncoderSpec, room: Room) -> Encoder:
        weights = tensors(self._encoder_weights(spec))
        room(_bytes(weights, self.placement.dtype))
        encoder = Encoder(spec, weights, self.placement)
        golden.check_encoder(encoder, tensors(verified(self.store, spec.golden)))
        return encoder

    def _encoder_weights(self, spec: EncoderSpec) -> bytes:
        if spec.carried:
            return verified(self.store, spec.weights)
        return hub.weight_bytes(spec, self.encoder_folders)

    def _head(self, manifest: Manifest, room: Room) -> tuple[Head, ShelfContext | None]:
        spec, labels = manifest.head, len(manifest.labels)
        stored, recorded = (arrays(verified(self.store, digest)) for digest in (spec.weights, spec.golden))
        room(sum(array.nbytes for array in stored.values()))
        head, context = head_from(spec, stored, labels, manifest.task), context_from(stored, labels)
        golden.check_head(head, recorded)
        if context:
            golden.check_context(context, recorded)
        return head, context


def _bytes(weights: Mapping[str, torch.Tensor], dtype: torch.dtype) -> int:
    """In memory."""
    return sum(tensor.numel() for tensor in weights.values()) * dtype.itemsize


def _crop_specs(manifest: Manifest) -> tuple[CropSpec, ...]:
    return tuple(CropSpec(spec.image_size, manifest.crop_margin, manifest.crop_pad) for spec in manifest.encoders)


def _check_lengths(encoders: Sequence[Encoder], head: Head) -> None:
    """Each part may be sound, and still belong to another release."""
    answered = sum(encoder.length for encoder in encoders)
    if answered != head.weight.shape[1]:
        raise ReleaseRefused(
            f"The classifier was trained on {head.weight.shape[1]} numbers a product, and the encoders answer "
            f"{answered}: they belong to different releases. Train the release again."
        )


def _key(spec: Any) -> str:
    """Everything that distinguishes two networks."""
    return json.dumps(asdict(spec), sort_keys=True)


def embed_whole(release: LoadedRelease, pictures: Sequence[torch.Tensor]) -> torch.Tensor:
    """As `embed`, of N pictures uint8 [3, H, W], each of which one product fills: float32 [N, D], on the CPU."""
    parts = []
    for encoder, spec in zip(release.encoders, release.crops, strict=True):
        crops = [crop_batch(picture, _whole(picture), spec) for picture in pictures]
        parts.append(encoder.encode(torch.cat(crops)).cpu())
    return torch.cat(parts, dim=1)


def _whole(picture: torch.Tensor) -> torch.Tensor:
    return torch.tensor([[0.0, 0.0, picture.shape[2], picture.shape[1]]], device=picture.device)


def embed(release: LoadedRelease, image: torch.Tensor, boxes: torch.Tensor) -> torch.Tensor:
    """Concatenated, per encoder L2-normalised embeddings of the boxes' crops: float32 [N, D], on the CPU."""
    crops: dict[CropSpec, torch.Tensor] = {}
    parts = []
    for encoder, spec in zip(release.encoders, release.crops, strict=True):
        if spec not in crops:
            crops[spec] = crop_batch(image, boxes, spec)
        parts.append(encoder.encode(crops[spec]).cpu())
    return torch.cat(parts, dim=1)
