"""What is measured: the demo's release, and full-size architectures with random weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import open_clip
import torch
import ultralytics
import yaml
from transformers import Dinov2Config, Dinov2Model
from ultralytics.nn.tasks import DetectionModel

from inference.crops import CropSpec
from inference.detector import Detector, letterbox
from inference.device import Placement
from inference.encoders import Encoder
from inference.familiarity import Familiarity
from inference.file_store import FolderStore
from inference.head import Head
from inference.hub import IMAGENET
from inference.loading import LoadedRelease, Loader
from inference.manifest import DetectorSpec, EncoderSpec, HeadSpec, Label, Manifest, ModelSet, loads
from inference.shelf.context import ShelfContext
from inference.shelf.sizes import Sizes

DEMO = Path(__file__).parent.parent / "demo" / "bundles" / "drinks-jordina"
DINOV2_S: dict[str, Any] = {"hidden_size": 384, "num_hidden_layers": 12, "num_attention_heads": 6, "image_size": 518}
DINOV2_B: dict[str, Any] = {**DINOV2_S, "hidden_size": 768, "num_attention_heads": 12}
SKUS = 60
Boxes = Sequence[tuple[float, float, float, float]]


@dataclass(frozen=True)
class Subject:
    """A release in memory, with a name for the table."""

    name: str
    models: ModelSet
    release: LoadedRelease


def demo(placement: Placement) -> Subject:
    manifest = loads((DEMO / "manifest.json").read_bytes())
    return Subject(
        "demo", ModelSet("DRINKS/JORDINA@1", "", manifest), Loader(FolderStore(DEMO), placement).load(manifest)
    )


def full_size(placement: Placement, photo: torch.Tensor, boxes: Boxes) -> Subject:
    """YOLOv8s at 640 px, DINOv2-S/14 and CLIP ViT-B/32 at 224 px; speed does not depend on weights."""
    torch.manual_seed(0)
    return _whole("full size", _detector(placement, photo, boxes), _full_size_encoders(placement))


def for_accelerators(placement: Placement, photo: torch.Tensor, boxes: Boxes) -> Subject:
    """YOLOv8m at 1280 px, DINOv2-B/14 and CLIP ViT-B/16 at 224 px."""
    torch.manual_seed(0)
    return _whole("large", _detector(placement, photo, boxes, "m", 1280), _large_encoders(placement))


def _whole(name: str, detector: Detector, encoders: tuple[Encoder, ...]) -> Subject:
    rng = np.random.default_rng(0)
    length = sum(encoder.length for encoder in encoders)
    release = LoadedRelease(detector, encoders, (CropSpec(224),) * len(encoders), _head(rng, length), _context(rng))
    labels = tuple(Label(number, f"SKU_{number:02}_500ML") for number in range(SKUS))
    specs = tuple(encoder.spec for encoder in encoders)
    manifest = Manifest("BENCH", "FULL", labels, detector.spec, specs, HeadSpec("", ""))
    return Subject(name, ModelSet("BENCH/FULL@1", "", manifest), release)


def full_size_encoders(placement: Placement) -> Subject:
    """The demo's detector, with what it finds, before full-size encoders."""
    known = demo(placement)
    encoders = _full_size_encoders(placement)
    head = _head(np.random.default_rng(0), 384 + 512)
    release = LoadedRelease(known.release.detector, encoders, (CropSpec(224), CropSpec(224)), head)
    return Subject("full-size encoders", known.models, release)


def _full_size_encoders(placement: Placement) -> tuple[Encoder, Encoder]:
    return _dinov2(placement, DINOV2_S), _clip(placement, "ViT-B-32")


def _large_encoders(placement: Placement) -> tuple[Encoder, Encoder]:
    return _dinov2(placement, DINOV2_B), _clip(placement, "ViT-B-16")


def detector_alone(placement: Placement, photo: torch.Tensor, boxes: Boxes) -> Subject:
    """YOLOv8n at 640 px, whose answers nothing embeds or classifies."""
    torch.manual_seed(0)
    detector = _detector(placement, photo, boxes, "n")
    head = Head(np.zeros((1, 0), np.float32), np.zeros(1, np.float32), 1.0, None)
    manifest = Manifest("BENCH", "DETECTION", (Label(0, "PRODUCT"),), detector.spec, (), HeadSpec("", ""))
    return Subject("detector", ModelSet("BENCH/DETECTION@1", "", manifest), LoadedRelease(detector, (), (), head))


def _head(rng: np.random.Generator, length: int) -> Head:
    weight = rng.normal(size=(SKUS + 1, length)).astype(np.float32)
    references = rng.normal(scale=length**-0.5, size=(400, length)).astype(np.float32)
    return Head(weight, np.zeros(SKUS + 1, np.float32), 1.0, SKUS, Familiarity(references, np.ones(3, np.float32)))


def _context(rng: np.random.Generator) -> ShelfContext:
    """Products between 10 and 35 cm high and a third as wide, in a dozen sizes."""
    heights = rng.choice(np.geomspace(100, 350, 12), SKUS)
    log_sides = np.log(np.stack([heights, heights / 3], axis=1))
    spread = np.array([0.05, 0.07])
    others = np.array([[log_sides[:, side].mean(), 0.4] for side in (0, 1)])
    sizes = Sizes(log_sides, np.unique(log_sides, axis=0), spread, others, np.array([0.1, 0.2]), 0.35, 0.03)
    return ShelfContext(sizes, 0.7)


class KnownBoxes(Detector):
    """Does all the work of detecting with untrained weights, then answers the boxes that are really there."""

    boxes: torch.Tensor

    def detect_batch(self, images: Sequence[torch.Tensor], confidences: Sequence[float]) -> list[torch.Tensor]:
        super().detect_batch(images, confidences)
        return [self.boxes] * len(images)


def _detector(placement: Placement, photo: torch.Tensor, boxes: Boxes, scale: str = "s", side: int = 640) -> Detector:
    """Its class bias lets a few times as many anchors pass as there are facings, as on a real shelf."""
    facings = len(boxes)
    folder = Path(ultralytics.__file__).parent / "cfg" / "models" / "v8"
    architecture = {**yaml.safe_load((folder / "yolov8.yaml").read_text()), "scale": scale, "nc": 1}
    model = DetectionModel(dict(architecture), ch=3, verbose=False).eval()
    with torch.inference_mode():
        scores = model(letterbox(photo, side)[0])[0][0, 4]
    passing = torch.logit(scores).sort(descending=True).values[facings * 4]
    for branch in model.model[-1].cv3:
        branch[-1].bias.data += torch.logit(torch.tensor(0.27)) - passing
    spec = DetectorSpec(architecture, side, "", "", iou=0.95, max_detections=facings)
    detector = KnownBoxes(spec, model.state_dict(), placement.device)
    detector.boxes = torch.tensor([(*box, 0.9) for box in boxes])
    return detector


def _dinov2(placement: Placement, config: dict[str, Any]) -> Encoder:
    weights = Dinov2Model(Dinov2Config(**config, patch_size=14)).state_dict()
    return Encoder(EncoderSpec("dinov2", "dinov2", 224, *IMAGENET, "", "", config=config), weights, placement)


def _clip(placement: Placement, name: str) -> Encoder:
    weights = open_clip.create_model(name, pretrained=None).state_dict()
    return Encoder(EncoderSpec("open_clip", name, 224, *IMAGENET, "", "", config={}), weights, placement)
