"""Writing releases: goldens are recorded, files named by digest, and the folder appears whole or not at all."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from inference import golden
from inference.crops import CropSpec, crop_batch
from inference.detector import Detector
from inference.device import Placement
from inference.encoders import Encoder
from inference.familiarity import Familiarity
from inference.file_store import SHARED
from inference.head import head_from, packed_head, packed_rows
from inference.manifest import DetectorSpec, EncoderSpec, HeadSpec, Label, Manifest, Task, sha256
from inference.shelf.context import ShelfContext, context_from
from inference.weights import arrays, tensors

REFERENCE = Placement(torch.device("cpu"), torch.float32)  # goldens are what float32 on a CPU answers
GOLDEN_CROPS = 6


@dataclass(frozen=True)
class Network:
    """A detector or encoder ready to be released: its spec with digests filled in, and its files."""

    spec: Any
    weights: bytes
    golden: bytes


@dataclass(frozen=True)
class Regression:
    """A fitted logistic regression: scikit-learn's `coef_` [K, D] and `intercept_` [K].

    temperature: divides the logits; reject: the last row means "none of these SKUs";
    examples: some features float32 [N, D] for the golden answers; familiarity, context: what else it learnt.
    """

    coefficients: NDArray[np.floating]
    intercepts: NDArray[np.floating]
    examples: NDArray[np.float32]
    temperature: float = 1.0
    reject: bool = False
    familiarity: Familiarity | None = None
    context: ShelfContext | None = None

    def more(self) -> dict[str, NDArray[np.generic]]:
        """What is stored beside the weights."""
        return {
            name: array for part in (self.familiarity, self.context) if part for name, array in part.arrays().items()
        }


def detector_network(
    architecture: dict[str, Any], weights: bytes, photo: torch.Tensor, image_size: int = 640, iou: float = 0.6
) -> Network:
    """weights: safetensors of a YOLOv8 state dict; photo: uint8 [3, H, W] with products on it."""
    spec = DetectorSpec(architecture, image_size, sha256(weights), "", iou)
    recorded = golden.detector_golden(Detector(spec, tensors(weights), REFERENCE.device), photo)
    return Network(replace(spec, golden=sha256(recorded)), weights, recorded)


def encoder_network(spec: EncoderSpec, weights: bytes, photo: torch.Tensor, boxes: torch.Tensor) -> Network:
    """spec: without digests; boxes: [N, 4] of products on the photo, of which a few become golden crops."""
    crops = crop_batch(photo, boxes[:GOLDEN_CROPS], CropSpec(spec.image_size))
    recorded = golden.encoder_golden(Encoder(spec, tensors(weights), REFERENCE), crops)
    return Network(replace(spec, weights=sha256(weights), golden=sha256(recorded)), weights, recorded)


def head_network(regression: Regression, labels: int, task: Task = "sku") -> Network:
    """labels: number of SKUs, classes or tags, without the reject row."""
    pack = packed_rows if task == "multi_label" else packed_head
    weights = pack(regression.coefficients, regression.intercepts, regression.more())
    spec = HeadSpec(sha256(weights), "", regression.temperature, labels if regression.reject else None)
    stored = arrays(weights)
    head, context = head_from(spec, stored, labels, task), context_from(stored, labels)
    recorded = golden.head_golden(head, context, regression.examples[:GOLDEN_CROPS])
    return Network(replace(spec, golden=sha256(recorded)), weights, recorded)


def write_bundle(
    folder: Path,
    category: str,
    brand: str,
    skus: Sequence[str],
    detector: Network,
    encoders: Sequence[Network],
    regression: Regression,
    metrics: dict[str, Any] | None = None,
    share: bool = False,
    report: bytes = b"",
    labels: Sequence[Label] | None = None,
    task: Task = "sku",
) -> Manifest:
    """Write manifest.json and the files it names; what stood in `folder` before is replaced at the end.

    skus: names in the order of the regression's rows, of classes or tags for another task; labels: with their ids,
    which are their positions otherwise.
    share: detector and encoders go where the bundles beside this one find them too; report: how it was judged.
    """
    head = head_network(regression, len(skus), task)
    manifest = Manifest(
        category=category,
        brand=brand,
        labels=tuple(labels or (Label(index, name) for index, name in enumerate(skus))),
        detector=detector.spec,
        encoders=tuple(encoder.spec for encoder in encoders),
        head=head.spec,
        metrics=metrics or {},
        report=sha256(report) if report else "",
        task=task,
    )
    common = _files([detector, *encoders])
    if share:
        _write_shared(folder.parent / SHARED, manifest, common)
    own = _files([head]) | ({manifest.report: report} if report else {})
    _write_folder(folder, manifest, own | ({} if share else common))
    return manifest


def _files(networks: Sequence[Network]) -> dict[str, bytes]:
    return {sha256(data): data for network in networks for data in (network.weights, network.golden)}


def _write_shared(folder: Path, manifest: Manifest, files: dict[str, bytes]) -> None:
    """Named by what is in them, so writing them again changes nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    for digest in files.keys() & set(manifest.carried_files()):
        partial = folder / f"{digest}.partial"
        partial.write_bytes(files[digest])
        partial.rename(folder / f"{digest}.safetensors")


def _write_folder(folder: Path, manifest: Manifest, files: dict[str, bytes]) -> None:
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for digest in files.keys() & set(manifest.carried_files()):
        (partial / f"{digest}.safetensors").write_bytes(files[digest])
    (partial / "manifest.json").write_bytes(manifest.dumps())
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
