"""The manifest of a release: what it is made of, and how photos are prepared for it.

A bundle is this JSON document plus the files it names by sha256. The digest of the document
identifies the release: nothing in it can change without becoming another release.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from inference.errors import ReleaseRefused
from inference.field_types import check_fields

FORMAT = 1
LONGEST_NAME = 200
LARGEST_INPUT = 4096
DIGEST = re.compile(r"[0-9a-f]{64}")
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
EncoderKind = Literal["dinov2", "open_clip"]
Task = Literal["sku", "single_label", "multi_label"]
"""Products on shelves; whole pictures, each of one class; whole pictures, each with any number of tags."""


@dataclass(frozen=True)
class Label:
    """One SKU, class or tag. The id is stable within a line: releases may add ids, never reuse them."""

    id: int
    name: str


@dataclass(frozen=True)
class DetectorSpec:
    """A YOLOv8 detector: `architecture` is the ultralytics model dictionary.

    image_size: longest side the photo is scaled to, in pixels; iou: overlap at which NMS drops the
    weaker box; weights, golden: sha256 of the safetensors files.
    """

    architecture: dict[str, Any]
    image_size: int
    weights: str
    golden: str
    iou: float = 0.6
    max_detections: int = 1000


@dataclass(frozen=True)
class EncoderSpec:
    """An image encoder, named as its ecosystem names it.

    kind `dinov2`: name is a Hugging Face id (`facebook/dinov2-small`); `open_clip`: name and
    pretrained tag (`ViT-B-32`, `laion2b_s34b_b79k`). `config` builds networks that have no published
    name. `carried`: the weights are in the bundle; otherwise they are looked up on this machine, and
    must have the digest `weights` all the same.
    """

    kind: EncoderKind
    name: str
    image_size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    weights: str
    golden: str
    carried: bool = True
    pretrained: str = ""
    config: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class HeadSpec:
    """The logistic regression on the concatenated embeddings.

    reject: the row that means "none of these SKUs", or None.
    """

    weights: str
    golden: str
    temperature: float = 1.0
    reject: int | None = None


@dataclass(frozen=True)
class Manifest:
    """Everything that distinguishes one release from another.

    report: sha256 of the file that tells how it was judged, which serving does not read; empty without one.
    task: what is classified. Whole pictures need no detector, but one is named: it is shared, and so costs nothing.
    """

    category: str
    brand: str
    labels: tuple[Label, ...]
    detector: DetectorSpec
    encoders: tuple[EncoderSpec, ...]
    head: HeadSpec
    crop_margin: float = 0.05
    crop_pad: int = 114
    sku_conf: float = 0.5
    det_conf: float = 0.25
    metrics: dict[str, Any] = field(default_factory=dict)
    report: str = ""
    task: Task = "sku"

    def carried_files(self) -> tuple[str, ...]:
        """Digests of the files that travel with the manifest, each once, in a fixed order."""
        digests = [self.detector.weights, self.detector.golden, self.head.weights, self.head.golden]
        for encoder in self.encoders:
            digests += [encoder.weights] * encoder.carried + [encoder.golden]
        digests += [self.report] if self.report else []
        return tuple(dict.fromkeys(digests))

    def dumps(self) -> bytes:
        """Canonical JSON: the same manifest is always the same bytes."""
        document = {"format": FORMAT, **asdict(self)}
        if not self.report:  # as releases were written before there were reports
            del document["report"]
        if self.task == "sku":  # as they were written before there were others
            del document["task"]
        return json.dumps(document, sort_keys=True, ensure_ascii=False, indent=1).encode()

    def digest(self) -> str:
        return sha256(self.dumps())


@dataclass(frozen=True)
class ModelSet:
    """What a request is answered with: `CATEGORY/BRAND@version`, and the release's digest and contents."""

    name: str
    digest: str
    manifest: Manifest


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def loads(data: bytes) -> Manifest:
    """Read a manifest. Raises ReleaseRefused for anything that is not one."""
    try:
        manifest = _manifest(json.loads(data))
        _check_types(manifest)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ReleaseRefused(f"The manifest cannot be read ({error}). Export the bundle again.") from error
    _check(manifest)
    return manifest


def _manifest(document: dict[str, Any]) -> Manifest:
    if document.pop("format") != FORMAT:
        raise ValueError(f"its format is not {FORMAT}")
    encoders = [_encoder(entry) for entry in document.pop("encoders")]
    return Manifest(
        labels=tuple(Label(**entry) for entry in document.pop("labels")),
        detector=DetectorSpec(**document.pop("detector")),
        encoders=tuple(encoders),
        head=HeadSpec(**document.pop("head")),
        **document,
    )


def _encoder(entry: dict[str, Any]) -> EncoderSpec:
    mean, std = tuple(entry.pop("mean")), tuple(entry.pop("std"))
    return EncoderSpec(**entry, mean=mean, std=std)


def _check_types(manifest: Manifest) -> None:
    for part in (manifest, manifest.detector, manifest.head, *manifest.encoders, *manifest.labels):
        check_fields(part)


def _check(manifest: Manifest) -> None:
    for sound, problem in (*_rules(manifest), *_task_rules(manifest), *_number_rules(manifest)):
        if not sound:
            raise ReleaseRefused(problem)


def _rules(manifest: Manifest) -> Iterator[tuple[bool, str]]:
    names = [label.name for label in manifest.labels]
    ids = {label.id for label in manifest.labels}
    digests = [*manifest.carried_files(), *(encoder.weights for encoder in manifest.encoders)]
    yield bool(names and manifest.encoders), "The manifest names no SKU or no encoder. Train the release again."
    yield len(set(names)) == len(ids) == len(names), "The manifest names a SKU twice. Train the release again."
    yield all(map(str.strip, names)), "The manifest has a SKU without a name. Train the release again."
    for title in (manifest.category, manifest.brand):
        named = 1 <= len(title.strip()) <= LONGEST_NAME and not CONTROL.search(title)
        yield named, f"Category and brand must have 1 to {LONGEST_NAME} characters, none of control. Rename them."
    yield (
        all(map(DIGEST.fullmatch, digests)),
        "The manifest holds something that is no sha256. Export the bundle again.",
    )


def _task_rules(manifest: Manifest) -> Iterator[tuple[bool, str]]:
    names = [label.name.casefold() for label in manifest.labels]
    shelf = manifest.task == "sku"
    yield not shelf or "unknown" not in names, "A SKU cannot be named `unknown`: answers use the word. Rename it."
    yield (
        shelf or manifest.head.reject is None,
        "A classifier of whole pictures has no row for products that it does not know. Train the release again.",
    )
    told = manifest.task != "single_label" or len(names) > 1
    yield told, "A classifier of one class tells nothing apart. Train it with another class."


def _number_rules(manifest: Manifest) -> Iterator[tuple[bool, str]]:
    detector, sizes = manifest.detector, [encoder.image_size for encoder in manifest.encoders]
    shares = (manifest.sku_conf, manifest.det_conf, detector.iou)
    wrong = "The manifest holds a number that makes no sense: {}. Train the release again."
    yield all(0 <= share <= 1 for share in shares), wrong.format("a threshold outside 0 to 1")
    yield all(0 < size <= LARGEST_INPUT for size in (detector.image_size, *sizes)), wrong.format("an image size")
    yield all(deviation > 0 for encoder in manifest.encoders for deviation in encoder.std), wrong.format("a deviation")
    yield 0 <= manifest.crop_margin <= 1 and 0 <= manifest.crop_pad <= 255, wrong.format("a crop margin or grey level")
    yield detector.max_detections > 0 and manifest.head.temperature > 0, wrong.format("one that must be above 0")
