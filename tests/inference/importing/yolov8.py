"""YOLOv8 detectors as ultralytics would leave them after training, saved and exported by ultralytics itself.

Their weights are random, from a fixed seed, with normalisations that have seen pictures and scores spread
wide: enough boxes to compare, far enough apart that rounding does not decide between them.
"""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from ultralytics import YOLO
from ultralytics.nn.tasks import DetectionModel

from inference.detector import Detector, as_tensor
from inference.importing.conversion import ConvertedDetector
from inference.manifest import DetectorSpec
from inference.weights import tensors

SIZE = 320
CPU = torch.device("cpu")
CONFIDENCE, IOU = 0.25, 0.6


def photo(seed: int = 3) -> Image.Image:
    """As large as the networks look at, so that nothing is scaled and only weights can differ."""
    blocks = np.random.default_rng(seed).integers(0, 255, (10, 10, 3), dtype=np.uint8)
    return Image.fromarray(blocks).resize((SIZE, SIZE), Image.Resampling.BICUBIC)


def trained(name: str = "yolov8n.yaml", classes: tuple[str, ...] = ("object",), seed: int = 0) -> Any:
    torch.manual_seed(seed)
    model = DetectionModel(name, ch=3, nc=len(classes), verbose=False)
    model.names = dict(enumerate(classes))
    model.args = {"imgsz": SIZE, "task": "detect", "model": name}
    model.task = "detect"
    _settle(model)
    return model


def _settle(model: Any) -> None:
    """Normalisations of what they see, as training leaves them, and answers that are not all alike."""
    for norm in filter(lambda module: isinstance(module, torch.nn.BatchNorm2d), model.modules()):
        norm.momentum = None
        torch.nn.init.uniform_(norm.weight, 0.6, 1.4)
        torch.nn.init.uniform_(norm.bias, -0.3, 0.3)
    with torch.no_grad():
        model.train()(torch.stack([as_tensor(photo(seed), CPU) for seed in range(4)]) / 255)
        for boxes, scores in zip(model.model[-1].cv2, model.model[-1].cv3, strict=True):
            boxes[-1].weight.mul_(3)
            scores[-1].weight.mul_(6)
            scores[-1].bias.fill_(-1.0)
    model.eval()


@cache
def saved(**options: Any) -> Any:
    return trained(**options).half()


def save(file: Path, **contents: Any) -> Path:
    """A checkpoint with the entries that a finished training leaves."""
    entries = {
        "epoch": -1,
        "best_fitness": np.float64(0.5),
        "model": None,
        "ema": None,
        "train_args": {"imgsz": SIZE, "data": "SKU-110K.yaml", "save_dir": Path("runs/detect")},
        "date": "2026-01-01T00:00:00",
        "version": "8.4.0",
    }
    torch.save({**entries, **contents}, file)
    return file


def checkpoint(file: Path, **options: Any) -> Path:
    """A checkpoint as training leaves it: the network alone, in half precision."""
    return save(file, model=saved(**options))


def export(folder: Path, **options: Any) -> Path:
    """ultralytics' own export of a checkpoint."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = {"imgsz": SIZE, "simplify": False, "device": "cpu", "verbose": False, **options}
    return Path(YOLO(checkpoint(folder / "best.pt")).export(format="onnx", **settings))


def original_boxes(file: Path) -> Tensor:
    """What ultralytics itself answers with that file: float32 [N, 5], the surest first."""
    settings = {"imgsz": SIZE, "conf": CONFIDENCE, "iou": IOU, "max_det": 1000, "agnostic_nms": True}
    (result,) = YOLO(file, task="detect").predict(photo(), device="cpu", verbose=False, save=False, **settings)
    return torch.cat([result.boxes.xyxy, result.boxes.conf[:, None]], dim=1)


def converted_boxes(converted: ConvertedDetector) -> Tensor:
    """What the service answers with the converted detector."""
    spec = DetectorSpec(converted.architecture, converted.image_size, "", "", IOU)
    return Detector(spec, tensors(converted.weights), CPU).detect(as_tensor(photo(), CPU), CONFIDENCE)
