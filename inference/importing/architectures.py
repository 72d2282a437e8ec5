"""Which YOLOv8 a detector is: as its checkpoint says, or as the shapes of its tensors tell."""

from collections.abc import Mapping
from typing import Any, cast

from torch import Tensor, nn
from ultralytics.nn.tasks import yaml_model_load

from inference.detector import STRIDE, detection_model
from inference.errors import ReleaseRefused
from inference.importing.errors import ImportRefused
from inference.importing.inert_pickle import GIVE

VARIANTS = ("yolov8{}.yaml", "yolov8{}-p2.yaml")
SCALES = "nsmlx"
UNKNOWN = "Its tensors are those of no published YOLOv8 (n, s, m, l, x, or these with P2). Give its .pt instead."


def settled(architecture: dict[str, Any]) -> dict[str, Any]:
    """The dictionary without what depends on where it was trained, and with the scale that ultralytics would assume."""
    kept = {name: value for name, value in architecture.items() if name != "yaml_file"}
    if isinstance(kept.get("scales"), dict) and kept["scales"] and not kept.get("scale"):
        kept["scale"] = next(iter(kept["scales"]))
    return kept


def published(given: Mapping[str, Tensor]) -> dict[str, Any]:
    """The published architecture whose network has these tensors. Raises ImportRefused when there is none."""
    for variant in VARIANTS:
        for scale in SCALES:
            architecture = _described(variant.format(scale))
            if _first_and_last(architecture) == _told(given):
                return {**architecture, "nc": _classes(given)}
    raise ImportRefused(UNKNOWN)


def _described(name: str) -> dict[str, Any]:
    return settled(dict(yaml_model_load(name)))


def _first_and_last(architecture: dict[str, Any]) -> tuple[int, int]:
    """Channels of the first convolution, and the number of the last layer: unlike for any two of the published."""
    width = architecture["scales"][architecture["scale"]][1]
    return int(64 * width), len(architecture["backbone"]) + len(architecture["head"]) - 1


def _told(given: Mapping[str, Tensor]) -> tuple[int, int]:
    numbers = [name.split(".")[1] for name in given if name.startswith("model.")]
    last = max((int(number) for number in numbers if number.isdecimal()), default=0)
    return _outputs(given.get("model.0.conv.weight")), last


def _outputs(weight: Tensor | None) -> int:
    return len(weight) if weight is not None and weight.ndim else 0


def _classes(given: Mapping[str, Tensor]) -> int:
    """The last layer of every branch that classifies has one channel a class."""
    return next((_outputs(tensor) for name, tensor in given.items() if name.endswith(".cv3.0.2.weight")), 0)


def built(architecture: dict[str, Any]) -> nn.Module:
    """That network, untrained. Raises ImportRefused for one that cannot be served."""
    try:
        network: nn.Module = detection_model(architecture)
    except ReleaseRefused as error:
        raise ImportRefused(f"{str(error).removesuffix(' Import it again.')} {GIVE}") from error
    coarsest = int(cast(Tensor, network.stride).max())
    if coarsest > STRIDE:
        raise ImportRefused(
            f"Its coarsest grid has cells of {coarsest} pixels, and {STRIDE} are served. Train a YOLOv8 without P6."
        )
    if architecture.get("channels", architecture.get("ch", 3)) != 3:
        raise ImportRefused("It looks at images of another number of channels than RGB has. Train it on RGB.")
    return network
