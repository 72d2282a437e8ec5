"""Where the tensors of a YOLOv8 detector lie in ultralytics' ONNX export of it."""

import ast
from collections.abc import Iterator
from itertools import accumulate
from mmap import mmap

from inference.importing.errors import ImportRefused
from inference.importing.layout import DAMAGED, ITEM_SIZES, Layout, TensorPlace
from inference.importing.onnx_graph import EXPORT, Graph, Initializer, read_graph

NEITHER = (
    "The file is neither a torch checkpoint nor an ONNX model. Give the .pt that `yolo detect train` saved, "
    "or what `yolo export format=onnx` made of it."
)
# What a YOLOv8 detector exports to; the last two rows only appear with NMS or free input sizes in the graph.
# A graph with another activation or quantised numbers has operators besides these.
OPERATORS = {
    *("Conv", "Sigmoid", "Mul", "Add", "Sub", "Div", "Concat", "Split", "Slice", "MaxPool", "Resize", "Reshape"),
    *("Transpose", "Softmax", "Constant", "Identity", "Shape", "Gather", "Cast", "Unsqueeze"),
    *("Range", "Expand", "ConstantOfShape", "Equal", "Where", "Squeeze", "Greater", "NonZero", "Pad", "Floor"),
    *("ReduceMax", "ArgMax", "GatherND", "ScatterND", "NonMaxSuppression", "TopK"),
}
WRAPPED = "model.model."  # with NMS in the graph, the network is a part of another


def export_layout(data: mmap) -> Layout:
    """Raises ImportRefused for any other ONNX, and for what is none."""
    try:
        graph = read_graph(data)
    except (ValueError, LookupError) as error:
        raise ImportRefused(NEITHER) from error
    _check(graph)
    return Layout({}, _image_size(graph), _classes(graph), dict(_tensors(graph)))


def _check(graph: Graph) -> None:
    task = graph.notes.get("task", "")
    if task != "detect":
        said = f"for the task `{task[:40]}`" if task else "without saying by whom and for what"
        raise ImportRefused(f"The ONNX model was made {said}: only ultralytics' detectors are read. {EXPORT}")
    for strange in sorted({node.kind for node in graph.nodes} - OPERATORS):
        raise ImportRefused(
            f"The ONNX model computes `{strange[:40]}`, which no YOLOv8 detector does: it is another network, "
            f"or was quantised. Give a YOLOv8 detector's export in 16 or 32 bits. {EXPORT}"
        )


def _tensors(graph: Graph) -> Iterator[tuple[str, TensorPlace]]:
    """Convolutions by the names of their weights. Biases are found by position: equal ones are stored once."""
    same = {node.outputs[0]: node.inputs[0] for node in graph.nodes if node.kind == "Identity"}
    for node in graph.nodes:
        if node.kind == "Conv":
            weight = node.inputs[1]
            for name, given in zip((weight, f"{weight.removesuffix('weight')}bias"), node.inputs[1:], strict=False):
                yield name.replace(WRAPPED, "model.", 1), _place(graph.initializers.get(same.get(given, given)))


def _place(initializer: Initializer | None) -> TensorPlace:
    if initializer is None or initializer.raw is None:
        raise ImportRefused(f"The ONNX model has a convolution whose weights are computed or packed. {EXPORT}")
    dtype, shape, raw = initializer.dtype, initializer.shape, initializer.raw
    if dtype not in ITEM_SIZES:
        raise ImportRefused(f"The ONNX model's weights are no floats: it was quantised. {EXPORT}")
    place = TensorPlace(dtype, raw.start, shape, _contiguous(shape))
    if place.length() != raw.end - raw.start:
        raise ImportRefused(DAMAGED)
    return place


def _contiguous(shape: tuple[int, ...]) -> tuple[int, ...]:
    steps = list(accumulate(reversed(shape[1:]), lambda step, side: step * side, initial=1))
    return tuple(reversed(steps)) if shape else ()


def _image_size(graph: Graph) -> int:
    """Exporters note Python literals: `[640, 640]`."""
    size = _literal(graph.notes.get("imgsz", ""))
    sides = size if isinstance(size, list) else [size]
    if not sides or not all(type(side) is int for side in sides):
        raise ImportRefused(f"The ONNX model does not say for which image size it was made. {EXPORT}")
    return int(max(sides))


def _classes(graph: Graph) -> tuple[str, ...]:
    names = _literal(graph.notes.get("names", ""))
    return tuple(map(str, names.values())) if isinstance(names, dict) else ()


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
