"""Our detector against ultralytics' own predict on the same weights, and what it refuses."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from threading import Thread
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.ops import box_iou
from ultralytics import YOLO
from ultralytics.data.augment import LetterBox
from ultralytics.nn.tasks import DetectionModel, yaml_model_load

from inference.architecture import check_architecture
from inference.detector import Detector, as_tensor, letterbox
from inference.errors import InvalidOutput, ReleaseRefused
from inference.manifest import DetectorSpec
from inference.weights import tensors
from tests import tiny_release
from tests.tiny_release import photo

CPU = torch.device("cpu")
SIZES = {"landscape": (640, 480), "portrait": (480, 640), "panorama": (2000, 150), "small": (96, 70), "odd": (333, 517)}


@cache
def weights() -> dict[str, torch.Tensor]:
    """The tiny detector's, with scores and sizes far enough apart that rounding does not decide between boxes."""
    spread = dict(tensors(tiny_release.detector().weights))
    for name, tensor in spread.items():
        if name.endswith(".2.weight"):  # the last layer of each branch
            spread[name] = tensor * 400
    return spread


def changed_weights(change: Callable[[torch.Tensor], torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: change(tensor) if tensor.is_floating_point() else tensor for name, tensor in weights().items()}


@cache
def tiny(**changes: Any) -> Detector:
    spec = replace(tiny_release.detector().spec, image_size=320, iou=0.45)
    return Detector(replace(spec, **changes), weights(), CPU)


def found(image: Image.Image, confidence: float = 0.25, detector: Detector | None = None) -> torch.Tensor:
    return (detector or tiny()).detect(as_tensor(image, CPU), confidence)


def ultralytics_boxes(image: Image.Image, **options: Any) -> torch.Tensor:
    """What their predict answers with the weights, the overlap and the limit of our tiny detector."""
    model = YOLO("yolov8n.yaml", task="detect")  # for its predictor; the network inside is exchanged
    model.model = DetectionModel(dict(tiny_release.ARCHITECTURE), ch=3, verbose=False)
    model.model.load_state_dict(weights())
    model.model.args = {"task": "detect", "imgsz": 320}
    settings = {"imgsz": 320, "conf": 0.25, "iou": tiny().spec.iou, "max_det": 1000, "verbose": False, "save": False}
    result = model.predict(image, device="cpu", rect=True, **{**settings, **options})[0]
    return torch.cat([result.boxes.xyxy, result.boxes.conf[:, None]], dim=1)


@pytest.mark.parametrize("size", [*SIZES.values(), (24, 17), (1, 1), (3, 700)])
def test_the_letterbox_is_that_of_ultralytics_within_a_grey_level(size: tuple[int, int]) -> None:
    ours, *_ = letterbox(as_tensor(photo(*size), CPU), 320)
    theirs = LetterBox((320, 320), auto=True, stride=32)(image=np.array(photo(*size)))
    assert ours.shape[2:] == theirs.shape[:2]
    assert (ours[0] * 255 - torch.from_numpy(theirs).permute(2, 0, 1)).abs().max() <= 1.01


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())
def test_boxes_are_those_of_ultralytics(size: tuple[int, int]) -> None:
    ours, theirs = found(photo(*size), 0.75), ultralytics_boxes(photo(*size), conf=0.75)
    assert len(ours) == len(theirs) > 0
    best = box_iou(theirs[:, :4], ours[:, :4]).max(dim=1).values
    assert best.min() >= 0.99


def test_scores_are_those_of_ultralytics() -> None:
    ours, theirs = found(photo(640, 480)), ultralytics_boxes(photo(640, 480))
    assert (ours[:, 4] - theirs[:, 4]).abs().max() <= 1e-3


def test_boxes_lie_inside_the_picture() -> None:
    boxes = found(photo(333, 517))
    assert boxes[:, :4].min() >= 0
    assert boxes[:, [0, 2]].max() <= 333
    assert boxes[:, [1, 3]].max() <= 517


def test_the_surest_comes_first() -> None:
    scores = found(photo())[:, 4]
    assert torch.equal(scores, scores.sort(descending=True).values)


def test_a_threshold_keeps_exactly_what_is_above_it() -> None:
    everything = found(photo(), 0.05)
    threshold = float(everything[:, 4].median())
    above = everything[everything[:, 4] > threshold]
    assert torch.equal(found(photo(), threshold), above)


def test_a_threshold_of_one_finds_nothing() -> None:
    assert found(photo(), 1.0).shape == (0, 5)


def test_a_shelf_may_hold_more_than_three_hundred_products() -> None:
    assert len(found(photo(1280, 960), 0.01, tiny(image_size=640, iou=0.95))) > 300


def test_there_are_never_more_than_the_release_allows() -> None:
    assert len(found(photo(), 0.01, tiny(max_detections=7))) == 7


def test_nan_in_the_weights_is_an_invalid_output() -> None:
    broken = changed_weights(lambda tensor: tensor * torch.nan)
    with pytest.raises(InvalidOutput):
        found(photo(), detector=Detector(tiny().spec, broken, CPU))


def changed(**changes: Any) -> DetectorSpec:
    spec = tiny_release.detector().spec
    return replace(spec, architecture={**spec.architecture, **changes})


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(changed(nc=5), id="another number of classes"),
        pytest.param(changed(backbone=[]), id="no backbone"),
        pytest.param(changed(backbone=[[-1, 1, "NoSuchLayer", [32, 3, 2]]]), id="a layer nobody knows"),
        pytest.param(replace(tiny_release.detector().spec, architecture={}), id="nothing at all"),
        pytest.param(changed(head=[[[2, 3, 40], 1, "Detect", ["nc"]]]), id="a layer that is not there"),
    ],
)
def test_an_architecture_that_does_not_fit_the_weights_is_refused(spec: DetectorSpec) -> None:
    with pytest.raises(ReleaseRefused):
        Detector(spec, weights(), CPU)


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(changed(activation="__import__('os').abort()"), id="Python as activation"),
        pytest.param(changed(backbone=[[-1, 1, "torch_safe_load", ["/tmp/weights.pt"]]]), id="a function as layer"),
        pytest.param(changed(backbone=[[-1, 1, "Conv", ["open('/etc/passwd')"]]]), id="Python as argument"),
        pytest.param(changed(backbone="Conv"), id="text as layers"),
    ],
)
def test_an_architecture_with_anything_but_layers_of_yolov8_is_refused(spec: DetectorSpec) -> None:
    with pytest.raises(ReleaseRefused, match="YOLOv8 has not"):
        Detector(spec, weights(), CPU)


@pytest.mark.parametrize("name", ["yolov8n.yaml", "yolov8m.yaml", "yolov8n-p2.yaml", "yolov8n-p6.yaml"])
def test_published_yolov8_architectures_are_allowed(name: str) -> None:
    check_architecture(yaml_model_load(name))


def test_a_missing_tensor_is_refused() -> None:
    incomplete = {name: tensor for name, tensor in weights().items() if name != "model.0.conv.weight"}
    with pytest.raises(ReleaseRefused):
        Detector(tiny().spec, incomplete, CPU)


def test_half_precision_weights_give_the_same_boxes() -> None:
    half = found(photo(), detector=Detector(tiny().spec, changed_weights(torch.Tensor.half), CPU))
    assert box_iou(found(photo())[:5, :4], half[:, :4]).max(dim=1).values.min() >= 0.98


def test_pictures_of_different_shapes_may_be_read_at_the_same_time() -> None:
    """The network remembers the grid of its last picture: without turns, threads would mix them up."""
    pictures = [photo(*size) for size in SIZES.values()]
    expected = [found(picture) for picture in pictures]
    wrong: list[int] = []

    def read(index: int) -> None:
        wrong.extend(index for _ in range(8) if not torch.equal(found(pictures[index]), expected[index]))

    threads = [Thread(target=read, args=(index,)) for index in range(len(pictures))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_letterbox_centres_the_picture_on_whole_strides() -> None:
    batch, scale, left, top = letterbox(as_tensor(Image.new("RGB", (100, 50), "white"), CPU), 320)
    assert batch.shape == (1, 3, 160, 320)
    assert (scale, left, top) == (3.2, 0, 0)


def test_the_letterbox_of_a_panorama_is_no_higher_than_one_stride() -> None:
    batch, _, _, top = letterbox(as_tensor(Image.fromarray(np.zeros((4, 3000, 3), np.uint8)), CPU), 320)
    assert batch.shape == (1, 3, 32, 320)
    assert top == 15
