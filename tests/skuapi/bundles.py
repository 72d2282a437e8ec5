"""Releases that misbehave in the ways a contract has an answer for, made as real ones are."""

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import torch
from PIL import Image
from ultralytics.nn.tasks import DetectionModel

from inference.bundle import Network, Regression, detector_network, write_bundle
from inference.detector import as_tensor
from inference.manifest import Task, loads
from inference.weights import packed_tensors
from tests import tiny_release
from tests.live_server import Site

# Composed and lower case; tests ask for it decomposed and in capitals.
IN_TWO_SCRIPTS: Final = "Café عصير"
# brand -> seeds of its releases, oldest first. The last release of the last two is damaged afterwards.
BRANDS: Final = {"TWO": (1,), IN_TWO_SCRIPTS: (2,), "BROKEN": (3,), "MENDED": (4, 5)}
DAMAGED: Final = ("BROKEN-3", "MENDED-5")
CLASSIFIERS: Final[dict[str, tuple[str, Task, tuple[str, ...], int]]] = {
    "classes-1": ("tiny-classes", "single_label", ("apple", "orange", "تفاح"), 0),
    "classes-2": ("tiny-classes", "single_label", ("apple", "orange", "تفاح", "pear"), 1),
    "tags-1": ("tiny-tags", "multi_label", ("dent", "severe", "torn label"), 2),
}


def write_all(folder: Path) -> list[Path]:
    """Bundles in the order in which they are to be published."""
    written = []
    for number, (brand, seeds) in enumerate(BRANDS.items()):
        for seed in seeds:
            written.append(folder / f"{number if brand == IN_TWO_SCRIPTS else brand}-{seed}")
            tiny_release.write(written[-1], brand, seed)
    _write_overflowing(folder / "overflow")
    return [*written, folder / "overflow", *_write_classifiers(folder)]


def _write_classifiers(folder: Path) -> list[Path]:
    """tiny-classes, of which there are two versions, and tiny-tags."""
    for name, (slug, task, classes, seed) in CLASSIFIERS.items():
        tiny_release.write_classifier(folder / name, slug, task, classes, seed)
    return [folder / name for name in CLASSIFIERS]


def damage(site: Site, folder: Path) -> None:
    """One byte of each head in the store changes; the rest of those releases is shared with sound ones."""
    for name in DAMAGED:
        digest = loads((folder / name / "manifest.json").read_bytes()).head.weights
        file = Path(site.environment["MODEL_STORE"]) / digest[:2] / f"{digest}.safetensors"
        data = bytearray(file.read_bytes())
        data[-1] ^= 1
        file.write_bytes(data)


@cache
def _overflowing_detector() -> Network:
    """Reproduces its golden answer, which is of a black photo, and overflows on a photo with any light in it."""
    torch.manual_seed(0)
    model = DetectionModel(dict(tiny_release.ARCHITECTURE), ch=3, verbose=False)
    for branch in model.model[-1].cv3:
        torch.nn.init.constant_(branch[-1].bias, 1.0)
    with torch.no_grad():
        for layer in model.model[:2]:
            layer.conv.weight.mul_(1e30)
    black = as_tensor(Image.new("RGB", (160, 160)), torch.device("cpu")).contiguous()
    return detector_network(tiny_release.ARCHITECTURE, packed_tensors(model.state_dict()), black, 160, iou=0.3)


def _write_overflowing(folder: Path) -> None:
    features = np.random.default_rng(0).normal(size=(6, 48)).astype(np.float32)
    head = Regression(np.ones((3, 48)), np.zeros(3), features)
    write_bundle(folder, "TINY", "OVERFLOW", tiny_release.SKUS, _overflowing_detector(), tiny_release.encoders(), head)
