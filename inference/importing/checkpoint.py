"""Where the tensors of an ultralytics checkpoint lie: a zip, as torch saves it, with a pickle that describes them."""

import encodings.cp437  # noqa: F401 - zipfile needs it for names, and later no file can be opened any more
import struct
import zipfile
from collections.abc import Iterator
from itertools import islice
from mmap import mmap
from typing import Any, cast

from inference.importing.errors import ImportRefused
from inference.importing.inert_pickle import GIVE, SAVE_AGAIN, STORED, Name, Recorded, read
from inference.importing.known_names import is_known
from inference.importing.layout import DAMAGED, ITEM_SIZES, Layout, TensorPlace, reach

ZIP = b"PK\x03\x04"
LEGACY = b"\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19"  # the number that torch put before checkpoints until 1.6
LOCAL_HEADER, LENGTHS = 30, struct.Struct("<26xHH")
LARGEST_PICKLE = 64 * 2**20
DEEPEST, MOST_VALUES, LONGEST_CLASS = 32, 10_000, 100
USUAL_SIZE = 640
STORAGES = {
    "HalfStorage": "float16",
    "FloatStorage": "float32",
    "DoubleStorage": "float64",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
}
DETECTOR = Name("ultralytics.nn.tasks", "DetectionModel")


def checkpoint_layout(data: mmap) -> Layout:
    """Raises ImportRefused for anything but a YOLOv8 detector in torch's present format."""
    archive = _Archive(data)
    checkpoint = read(archive.pickle(), is_known)
    network = _network(checkpoint)
    state = _mapping(network.state)
    return Layout(
        architecture=_bounded(_mapping(state.get("yaml"))),
        image_size=_image_size(checkpoint, state),
        classes=_classes(state.get("names")),
        tensors=dict(_tensors(network, archive)),
    )


class _Archive:
    """A zip whose members are stored as they are: each is a range of bytes of the file."""

    def __init__(self, data: mmap) -> None:
        self.data = data
        try:
            members = zipfile.ZipFile(cast(Any, data)).infolist()
        except (zipfile.BadZipFile, NotImplementedError) as error:
            raise ImportRefused(DAMAGED) from error
        described = [member.filename for member in members if member.filename.endswith("data.pkl")]
        if len(described) != 1 or any(member.compress_type or member.flag_bits & 1 for member in members):
            raise ImportRefused(f"The file is a zip, and no checkpoint as torch saves them. {GIVE}")
        self.prefix = described[0].removesuffix("data.pkl")
        self.members = {member.filename: member for member in members}

    def range(self, name: str) -> tuple[int, int]:
        """First byte of the file that belongs to that member, and its length."""
        member = self.members.get(self.prefix + name)
        if member is None:
            raise ImportRefused(DAMAGED)
        # Names and paddings in front of the bytes differ between a zip's table of contents and the member itself.
        header = self.data[member.header_offset : member.header_offset + LOCAL_HEADER]
        return member.header_offset + LOCAL_HEADER + sum(LENGTHS.unpack(header)), member.file_size

    def read(self, name: str) -> bytes:
        start, length = self.range(name)
        return self.data[start : start + length]

    def pickle(self) -> bytes:
        if self.prefix + "byteorder" in self.members and self.read("byteorder") != b"little":
            raise ImportRefused(f"The checkpoint was saved on a big-endian machine. {SAVE_AGAIN}")
        if self.range("data.pkl")[1] > LARGEST_PICKLE:
            raise ImportRefused(f"The checkpoint holds far more than a detector. {GIVE}")
        return self.read("data.pkl")


def _network(checkpoint: Any) -> Recorded:
    """The average of the weights over training is the better network, as ultralytics has it."""
    held = _mapping(checkpoint)
    network = held.get("ema") or held.get("model")
    if isinstance(network, Recorded) and network.name == DETECTOR:
        return network
    raise ImportRefused(f"The checkpoint holds no network under `ema` or `model`, weights alone at most. {GIVE}")


def _mapping(value: Any) -> dict[str, Any]:
    """A dictionary, a settings object, or nothing, as a dictionary."""
    if isinstance(value, Recorded):
        value = value.items or value.state
    return value if isinstance(value, dict) else {}


def _image_size(checkpoint: Any, state: dict[str, Any]) -> int:
    for settings in (_mapping(checkpoint).get("train_args"), state.get("args")):
        size = _mapping(settings).get("imgsz")
        sides = size if isinstance(size, list | tuple) else [size]
        if sides and all(type(side) is int for side in sides):
            return int(max(sides))
    return USUAL_SIZE


def _classes(names: Any) -> tuple[str, ...]:
    listed = names if isinstance(names, list) else _mapping(names).values()
    return tuple(name[:LONGEST_CLASS] for name in listed if isinstance(name, str))


def _bounded(architecture: dict[str, Any]) -> dict[str, Any]:
    """A few references to the same lists, one inside the other, would be written out as terabytes."""
    if sum(1 for _ in islice(_values(architecture), MOST_VALUES)) == MOST_VALUES:
        raise ImportRefused(f"The checkpoint's architecture is far larger than a detector's. {GIVE}")
    return architecture


def _values(value: Any) -> Iterator[Any]:
    yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        yield from _values(part)


def _tensors(module: Any, archive: _Archive, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, TensorPlace]]:
    """The state dict: parameters and buffers of every module, by their dotted names."""
    if depth > DEEPEST or not isinstance(module, Recorded):
        raise ImportRefused(DAMAGED)
    state = _mapping(module.state)
    for kind in ("_parameters", "_buffers"):
        for name, tensor in _mapping(state.get(kind)).items():
            if tensor is not None:
                yield f"{prefix}{name}", _place(tensor, archive)
    for name, child in _mapping(state.get("_modules")).items():
        yield from _tensors(child, archive, f"{prefix}{name}.", depth + 1)


def _place(tensor: Any, archive: _Archive) -> TensorPlace:
    if tensor.name.name == "_rebuild_parameter":
        tensor = tensor.arguments[0]
    stored, offset, shape, stride, *_ = tensor.arguments
    if tensor.name.name != "_rebuild_tensor_v2" or stored.name != STORED:
        raise ImportRefused(DAMAGED)
    _, kind, key, _, count = stored.arguments
    dtype = STORAGES.get(kind.name)
    if dtype is None:
        raise ImportRefused(f"The checkpoint's weights are {kind}, which no float network has. {SAVE_AGAIN}")
    start, length = archive.range(f"data/{key}")
    if offset < 0 or offset + reach(shape, stride) >= count or count * ITEM_SIZES[dtype] > length:
        raise ImportRefused(DAMAGED)
    return TensorPlace(dtype, start + offset * ITEM_SIZES[dtype], tuple(shape), tuple(stride))
