"""Which detector architectures a manifest may describe.

ultralytics builds whatever class of its own a dictionary names, and evaluates its `activation` as Python.
A bundle may come from elsewhere, so only what YOLOv8 detectors are made of gets that far.
"""

from typing import Any

from inference.errors import ReleaseRefused

LAYERS = {"Conv", "C2", "C2f", "SPPF", "Concat", "nn.Upsample", "Detect"}
WORDS = {"nc", "None", "nearest"}  # arguments that are written as text
KEYS = {
    "nc", "ch", "channels", "scale", "scales", "backbone", "head", "names", "yaml_file",
    "depth_multiple", "width_multiple",
}  # fmt: skip


def check_architecture(architecture: dict[str, Any]) -> None:
    """Raises ReleaseRefused naming what is no part of a YOLOv8 detector."""
    for strange in sorted(architecture.keys() - KEYS):
        raise ReleaseRefused(f"The detector has a setting `{strange[:40]}` that YOLOv8 has not. Import it again.")
    for part in ("backbone", "head"):
        for row in _rows(architecture.get(part)):
            if not _is_known(row):
                raise ReleaseRefused(f"The detector's {part} has a layer that YOLOv8 has not. Import it again.")


def _rows(layers: Any) -> list[Any]:
    return layers if isinstance(layers, list) and layers else [None]


def _is_known(row: Any) -> bool:
    """A row is [from, repeats, layer, arguments]."""
    if not isinstance(row, list) or len(row) != 4:
        return False
    sources, repeats, layer, arguments = row
    named = isinstance(layer, str) and layer in LAYERS and type(repeats) is int
    return named and _are_numbers(sources) and isinstance(arguments, list) and all(map(_is_argument, arguments))


def _are_numbers(sources: Any) -> bool:
    return all(type(source) is int for source in (sources if isinstance(sources, list) else [sources]))


def _is_argument(value: Any) -> bool:
    return value in WORDS if isinstance(value, str) else value is None or isinstance(value, int | float)
