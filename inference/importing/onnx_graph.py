"""Just enough of ONNX to find a network's convolutions: fields of protocol buffers, and where their bytes lie.

Field numbers are those of onnx.proto3 (IR version 3 and later). Initializers stay in the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from mmap import mmap

from inference.importing.errors import ImportRefused

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
LONGEST_VARINT = 10
DTYPES = {1: "float32", 7: "int64", 10: "float16", 11: "float64", 16: "bfloat16"}
EXPORT = "Export it again: `yolo export model=best.pt format=onnx`."


@dataclass(frozen=True)
class Span:
    """Bytes of the file from `start` to before `end`."""

    start: int
    end: int


@dataclass(frozen=True)
class Initializer:
    dtype: str
    shape: tuple[int, ...]
    raw: Span | None


@dataclass(frozen=True)
class Node:
    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass
class Graph:
    """A model's nodes in order, its initializers by name, and what its exporter noted down."""

    nodes: list[Node] = field(default_factory=list)
    initializers: dict[str, Initializer] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


class Message:
    """The fields of one protocol buffer message."""

    def __init__(self, data: mmap, span: Span) -> None:
        self.data = data
        self.numbers: dict[int, list[int]] = {}
        self.spans: dict[int, list[Span]] = {}
        for number, value in _fields(data, span):
            if isinstance(value, Span):
                self.spans.setdefault(number, []).append(value)
            else:
                self.numbers.setdefault(number, []).append(value)

    def parts(self, number: int) -> Iterator["Message"]:
        return (Message(self.data, span) for span in self.spans.get(number, []))

    def texts(self, number: int) -> tuple[str, ...]:
        return tuple(self.data[span.start : span.end].decode() for span in self.spans.get(number, []))

    def text(self, number: int) -> str:
        return next(iter(self.texts(number)), "")

    def integers(self, number: int) -> tuple[int, ...]:
        """A repeated integer, written one by one or packed."""
        packed = (value for span in self.spans.get(number, []) for value in _packed(self.data, span))
        return (*self.numbers.get(number, []), *packed)


def read_graph(data: mmap) -> Graph:
    """Raises ValueError or LookupError for bytes that are no ONNX model."""
    model = Message(data, Span(0, len(data)))
    (inner,) = model.parts(7)
    graph = Graph(notes={entry.text(1): entry.text(2) for entry in model.parts(14)})
    graph.nodes = [Node(node.text(4), node.texts(1), node.texts(2)) for node in inner.parts(1)]
    graph.initializers = {tensor.text(8): _initializer(tensor) for tensor in inner.parts(5)}
    return graph


def _initializer(tensor: Message) -> Initializer:
    if tensor.spans.get(13):
        raise ImportRefused(f"The model keeps its weights in other files. {EXPORT}")
    (kind,) = tensor.integers(2)
    raw = next(iter(tensor.spans.get(9, [])), None)
    return Initializer(DTYPES.get(kind, "something else"), tensor.integers(1), raw)


def _fields(data: mmap, span: Span) -> Iterator[tuple[int, int | Span]]:
    at = span.start
    while at < span.end:
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == VARINT:
            value, at = _varint(data, at)
            yield number, value
            continue
        length, at = _varint(data, at) if wire == BYTES else ({FIXED64: 8, FIXED32: 4}[wire], at)
        if at + length > span.end:
            raise ValueError("a field that is longer than its message")
        yield number, Span(at, at + length)
        at += length


def _packed(data: mmap, span: Span) -> Iterator[int]:
    at = span.start
    while at < span.end:
        value, at = _varint(data, at)
        yield value


def _varint(data: mmap, at: int) -> tuple[int, int]:
    """The number that begins at that byte, and where the next one does."""
    number = 0
    for index in range(LONGEST_VARINT):
        byte = data[at + index]
        number |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return number, at + index + 1
    raise ValueError("a number without an end")
