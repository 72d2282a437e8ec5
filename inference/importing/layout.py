"""What the confined process finds out about a file: where its tensors lie. Plain data, and no more than that."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import prod
from typing import Any

from inference.field_types import check_fields
from inference.importing.errors import ImportRefused

DAMAGED = "The file is damaged or incomplete: it ends early or contradicts itself. Copy or download it again."
ITEM_SIZES = {"float16": 2, "float32": 4, "float64": 8, "bfloat16": 2, "int64": 8}
MOST_DIMENSIONS = 8


@dataclass(frozen=True)
class TensorPlace:
    """A tensor as bytes of the file: little-endian numbers from byte `start` on, strides in numbers."""

    dtype: str
    start: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]

    def length(self) -> int:
        """Bytes from the first to the last number."""
        return (reach(self.shape, self.stride) + 1) * ITEM_SIZES[self.dtype]

    def check(self, size: int) -> None:
        """Raises ImportRefused unless it lies inside a file of that many bytes, no number used twice."""
        known = self.dtype in ITEM_SIZES and len(self.shape) == len(self.stride) <= MOST_DIMENSIONS
        if not known or min((self.start, *self.stride, *(side - 1 for side in self.shape))) < 0:
            raise ImportRefused(DAMAGED)
        overlapping = prod(self.shape) > self.length() // ITEM_SIZES[self.dtype]
        if overlapping or self.start + self.length() > size:
            raise ImportRefused(DAMAGED)


def reach(shape: Sequence[int], stride: Sequence[int]) -> int:
    """How far the last number lies behind the first."""
    return sum((side - 1) * step for side, step in zip(shape, stride, strict=True))


@dataclass(frozen=True)
class Layout:
    """A detector in a file.

    architecture: the ultralytics model dictionary, empty where the file does not tell;
    image_size: longest side it was trained on, in pixels; classes: what it tells apart.
    """

    architecture: dict[str, Any]
    image_size: int
    classes: tuple[str, ...]
    tensors: dict[str, TensorPlace]

    def dumps(self) -> str:
        return json.dumps({"layout": asdict(self)})


def loads(text: bytes) -> Layout:
    """Reads the confined process's answer; trusts nothing in it. Raises ImportRefused with its reason."""
    try:
        answer = json.loads(text)
        if "refused" in answer:
            raise ImportRefused(str(answer["refused"]))
        return _layout(**answer["layout"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ImportRefused(DAMAGED) from error


def _layout(tensors: dict[str, Any], classes: list[str], **others: Any) -> Layout:
    places = {name: _place(**place) for name, place in tensors.items()}
    layout = Layout(tensors=places, classes=tuple(classes), **others)
    check_fields(layout)
    return layout


def _place(shape: list[int], stride: list[int], **others: Any) -> TensorPlace:
    place = TensorPlace(shape=tuple(shape), stride=tuple(stride), **others)
    check_fields(place)
    return place
