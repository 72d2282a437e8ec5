"""A stranger's detector -> architecture and safetensors, as a release has them."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import torch
from torch import Tensor

from inference.importing.architectures import built, published, settled
from inference.importing.errors import ImportRefused
from inference.importing.layout import DAMAGED, Layout, TensorPlace
from inference.importing.sandbox import examined
from inference.importing.state import completed
from inference.manifest import LARGEST_INPUT
from inference.weights import packed_tensors

LARGEST_FILE = 2**30
SMALLEST_INPUT = 32


@dataclass(frozen=True)
class ConvertedDetector:
    """architecture: the ultralytics model dictionary; weights: safetensors of its state dict, in the file's precision.

    image_size: longest side it was trained on, in pixels; classes: what it told apart.
    """

    architecture: dict[str, Any]
    weights: bytes
    image_size: int
    classes: tuple[str, ...]


def convert(path: Path) -> ConvertedDetector:
    """Convert a YOLOv8 checkpoint of ultralytics, or its ONNX export. Raises ImportRefused."""
    with _opened(path) as file:
        layout = examined(file)
        given = {name: _tensor(file, place) for name, place in layout.tensors.items()}
    _check(layout, given)
    architecture = settled(layout.architecture) if layout.architecture else published(given)
    state = completed(given, built(architecture))
    return ConvertedDetector(architecture, packed_tensors(state), layout.image_size, layout.classes)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        _check_file(path)
        with path.open("rb") as file:
            yield file
    except (OSError, ValueError) as error:  # a NUL in a path is a ValueError
        raise ImportRefused(f"The file cannot be read: {error}. Check its path and its rights.") from error


def _check_file(path: Path) -> None:
    """Before anything is opened: a pipe would wait for ever."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise ImportRefused(f"{path} is no file. Give the .pt or .onnx itself.")
    if not found.st_size:
        raise ImportRefused(f"{path} is empty. Copy or download it again.")
    if found.st_size > LARGEST_FILE:
        raise ImportRefused(
            f"{path} has {found.st_size / 2**20:.0f} MiB, and no YOLOv8 detector more than {LARGEST_FILE // 2**20}. "
            "Give the best.pt of a finished training: it holds no optimizer."
        )


def _tensor(file: BinaryIO, place: TensorPlace) -> Tensor:
    place.check(LARGEST_FILE)
    file.seek(place.start)
    data = file.read(place.length())
    if len(data) != place.length():
        raise ImportRefused(DAMAGED)
    flat = torch.frombuffer(bytearray(data), dtype=getattr(torch, place.dtype))
    return flat.as_strided(place.shape, place.stride).contiguous()


def _check(layout: Layout, given: dict[str, Tensor]) -> None:
    if not SMALLEST_INPUT <= layout.image_size <= LARGEST_INPUT:
        raise ImportRefused(
            f"It was trained on images of {layout.image_size} pixels, and {SMALLEST_INPUT} to {LARGEST_INPUT} can be "
            "served. Train it on others."
        )
    if not all(bool(torch.isfinite(tensor).all()) for tensor in given.values()):
        raise ImportRefused("Its weights hold numbers that are none: training diverged. Give an earlier checkpoint.")
