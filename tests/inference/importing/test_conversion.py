"""A converted detector answers what ultralytics answers with the original file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from inference.importing.conversion import convert
from inference.weights import tensors
from tests.inference.importing import yolov8

PIXELS, SCORE = 0.5, 1e-3
TOLERANCE = torch.tensor([PIXELS] * 4 + [SCORE])
Make = Callable[[Path], Path]


def blank() -> Any:
    """A network that answers otherwise."""
    return yolov8.trained(seed=9).half()


FILES: dict[str, Make] = {
    "half precision": lambda folder: yolov8.checkpoint(folder / "best.pt"),
    "float32": lambda folder: yolov8.save(folder / "float.pt", model=yolov8.trained()),
    "ema beside model": lambda folder: yolov8.save(folder / "ema.pt", model=blank(), ema=yolov8.trained().half()),
    "ema alone": lambda folder: yolov8.save(folder / "epoch3.pt", ema=yolov8.trained().half()),
    "four classes": lambda folder: yolov8.checkpoint(folder / "four.pt", classes=("can", "bottle", "bag", "box")),
    "yolov8s": lambda folder: yolov8.checkpoint(folder / "s.pt", name="yolov8s.yaml"),
    "P2": lambda folder: yolov8.checkpoint(folder / "p2.pt", name="yolov8n-p2.yaml"),
    "onnx": yolov8.export,
    "onnx of any size": lambda folder: yolov8.export(folder, dynamic=True),
}


@dataclass(frozen=True)
class Answers:
    """Boxes of the original, [N, 5], those of the converted detector, and for each of the former the nearest latter."""

    original: Tensor
    converted: Tensor
    nearest: Tensor

    def difference(self) -> Tensor:
        """Of corners and scores: [N, 5]. Not by rank: scores that are all but equal may change places."""
        return (self.original - self.converted[self.nearest]).abs()


@pytest.fixture(scope="module", params=FILES.values(), ids=FILES.keys())
def answers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    file = request.param(tmp_path_factory.mktemp("files"))
    original, converted = yolov8.original_boxes(file), yolov8.converted_boxes(convert(file))
    return Answers(original, converted, torch.cdist(original / TOLERANCE, converted / TOLERANCE).argmin(dim=1))


def test_both_find_the_same_products(answers: Answers) -> None:
    assert len(answers.original) > 5
    assert answers.nearest.sort().values.tolist() == list(range(len(answers.converted)))


def test_boxes_agree_within_half_a_pixel(answers: Answers) -> None:
    assert answers.difference()[:, :4].max() <= PIXELS


def test_scores_agree_within_a_thousandth(answers: Answers) -> None:
    assert answers.difference()[:, 4].max() <= SCORE


def test_an_export_with_nms_holds_the_same_weights(tmp_path: Path) -> None:
    plain, with_nms = yolov8.export(tmp_path / "plain"), yolov8.export(tmp_path / "nms", nms=True)
    assert convert(with_nms).weights == convert(plain).weights


def test_equal_biases_that_an_export_stores_once_are_found_again(tmp_path: Path) -> None:
    """Those of the untouched last layers are equal in every branch."""
    state = tensors(convert(yolov8.export(tmp_path)).weights)
    biases = [state[f"model.22.cv3.{branch}.2.bias"] for branch in range(3)]
    assert torch.equal(torch.cat(biases), torch.full((3,), -1.0))


def test_half_precision_stays_half(tmp_path: Path) -> None:
    state = tensors(convert(yolov8.checkpoint(tmp_path / "best.pt")).weights)
    assert {tensor.dtype for tensor in state.values()} == {torch.float16, torch.int64}


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    file = yolov8.checkpoint(tmp_path / "best.pt")
    assert convert(file) == convert(file)


def test_where_it_was_trained_does_not_matter(tmp_path: Path) -> None:
    assert "yaml_file" not in convert(yolov8.checkpoint(tmp_path / "best.pt")).architecture


@pytest.mark.parametrize("make", [lambda folder: yolov8.checkpoint(folder / "best.pt"), yolov8.export])
def test_the_image_size_of_training_and_the_classes_are_kept(tmp_path: Path, make: Make) -> None:
    converted = convert(make(tmp_path))
    assert (converted.image_size, converted.classes) == (yolov8.SIZE, ("object",))
