"""YOLOv8: where the products are."""

import copy
import os
import threading
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

# ultralytics reads these at import; inference may be used without the Django settings that set them too.
os.environ.setdefault("YOLO_OFFLINE", "true")
os.environ.setdefault("YOLO_AUTOINSTALL", "false")

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from ultralytics.nn.tasks import DetectionModel
from ultralytics.utils.nms import non_max_suppression

from inference.architecture import check_architecture
from inference.errors import InvalidOutput, ReleaseRefused
from inference.manifest import DetectorSpec
from inference.no_memory import is_memory

STRIDE = 32
PAD = 114 / 255
MISFITS = (RuntimeError, LookupError, TypeError, ValueError, AttributeError, AssertionError)
NMS_SECONDS_PER_IMAGE = 30.0  # ultralytics gives up after 0.05 s by default, and silently drops products


class Detector:
    """One loaded detector. Safe to call from several threads: each has modules of its own around the same weights,
    because the network keeps the grid of the last pictures' shape."""

    def __init__(self, spec: DetectorSpec, weights: dict[str, Tensor], device: torch.device) -> None:
        self.spec = spec
        self.device = device
        self.network: torch.nn.Module = _network(spec, weights).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._own = threading.local()

    def detect(self, image: Tensor, confidence: float) -> Tensor:
        """As `detect_batch`, of one photo."""
        (found,) = self.detect_batch([image], [confidence])
        return found

    @torch.inference_mode()
    def detect_batch(self, images: Sequence[Tensor], confidences: Sequence[float]) -> list[Tensor]:
        """Find products in photos that have the same `input_shape`.

        images: uint8 [3, H, W] RGB; confidences: the weakest detection to keep of each. Returns for each a float32
        [N, 5] on the CPU: x1, y1, x2, y2 in pixels of the image and the confidence, highest first, at most
        `max_detections`. Raises InvalidOutput when the network answers NaN.
        """
        prepared = [letterbox(image.to(self.device), self.spec.image_size) for image in images]
        raw = self.forward(torch.cat([picture.pixels for picture in prepared]))
        if not torch.isfinite(raw).all():
            raise InvalidOutput("The detector answered numbers that are none. Tell the operator.")
        return [
            self._boxes(raw[row : row + 1], confidences[row], picture, images[row])
            for row, picture in enumerate(prepared)
        ]

    def forward(self, batch: Tensor) -> Tensor:
        """float32 [B, 3, h, w] -> float32 [B, 5, A]: boxes as centre and size in pixels of the input, and scores."""
        if not hasattr(self._own, "network"):
            shared: dict[int, Any] = {id(tensor): tensor for tensor in _tensors(self.network)}
            self._own.network = copy.deepcopy(self.network, shared)
        ordered = batch.contiguous(memory_format=torch.channels_last)
        return cast(Tensor, self._own.network(ordered)[0].float())

    def _boxes(self, raw: Tensor, confidence: float, picture: "Letterboxed", image: Tensor) -> Tensor:
        found = self._suppressed(raw, confidence)
        found[:, [0, 2]] = ((found[:, [0, 2]] - picture.left) / picture.scale).clamp(0, image.shape[2])
        found[:, [1, 3]] = ((found[:, [1, 3]] - picture.top) / picture.scale).clamp(0, image.shape[1])
        return found.cpu()

    def _suppressed(self, raw: Tensor, confidence: float) -> Tensor:
        kept = non_max_suppression(
            raw,
            conf_thres=confidence,
            iou_thres=self.spec.iou,
            agnostic=True,
            max_det=self.spec.max_detections,
            max_time_img=NMS_SECONDS_PER_IMAGE,
        )
        return cast(Tensor, kept[0])[:, :5]


class Letterboxed(NamedTuple):
    """pixels: float32 [1, 3, h, w] in 0..1; left, top: pixels of padding there."""

    pixels: Tensor
    scale: float
    left: int
    top: int


def letterbox(image: Tensor, size: int) -> Letterboxed:
    """Scale the longer side to `size`, and pad both to whole strides, as ultralytics does."""
    (h, w), scale = _scaled(image.shape[1], image.shape[2], size)
    resized = functional.interpolate(image.unsqueeze(0).float(), (h, w), mode="bilinear") / 255
    pad_w, pad_h = -w % STRIDE, -h % STRIDE
    left, top = pad_w // 2, pad_h // 2
    padded = functional.pad(resized, (left, pad_w - left, top, pad_h - top), value=PAD)
    return Letterboxed(padded, scale, left, top)


def input_shape(height: int, width: int, size: int) -> tuple[int, int]:
    """Height and width of what the network sees of such a photo: what is alike can share a batch."""
    (h, w), _ = _scaled(height, width, size)
    return h + -h % STRIDE, w + -w % STRIDE


def _scaled(height: int, width: int, size: int) -> tuple[tuple[int, int], float]:
    scale = min(size / height, size / width)
    return (max(1, round(height * scale)), max(1, round(width * scale))), scale


def _tensors(network: torch.nn.Module) -> list[Tensor]:
    return [*network.parameters(), *network.buffers()]


def as_tensor(image: Any, device: torch.device) -> Tensor:
    """A Pillow RGB image as uint8 [3, H, W] on the device."""
    return torch.from_numpy(np.array(image)).to(device).permute(2, 0, 1)


def detection_model(architecture: dict[str, Any]) -> Any:
    """The untrained network. Raises ReleaseRefused for an architecture that is none of YOLOv8's."""
    check_architecture(architecture)
    try:
        return DetectionModel(dict(architecture), ch=3, verbose=False)
    except MISFITS as error:
        if is_memory(error):
            raise
        raise ReleaseRefused("The detector's architecture makes no network. Import it again.") from error


def _network(spec: DetectorSpec, weights: dict[str, Tensor]) -> torch.nn.Module:
    network = detection_model(spec.architecture)
    try:
        network.load_state_dict(weights)  # copies half precision into the network's own float32
    except MISFITS as error:
        if is_memory(error):
            raise
        raise ReleaseRefused("The detector's weights do not fit its architecture. Import it again.") from error
    return cast(torch.nn.Module, network.fuse(verbose=False).eval().requires_grad_(False))
