"""`python -m bench.brands`: what one more brand costs, once the networks that it shares are loaded.

Fifty brands on the demo's networks, or as many as are asked for, each with a classifier of its own. The first
prediction of a brand loads and proves its classifier, and is compared with a second one of the same photo.
"""

import argparse
import statistics
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bench.releases import DEMO
from inference.bundle import Regression, head_network
from inference.device import choose
from inference.engine import Engine
from inference.familiarity import Familiarity
from inference.file_store import SHARED
from inference.images import decode
from inference.loading import Loader
from inference.manifest import Manifest, ModelSet, loads
from inference.results import Options

WARM_UP = 5
SHOWN = (1, 10, 50, 100, 200, 500)
"""With how many brands in memory a warm prediction is timed."""
TIMED = 50
"""Brands whose first prediction is timed, evenly spread; the others are only loaded."""
PHOTO = Path(__file__).parent.parent / "demo" / "photos" / "shelf.jpg"
KIB = 1024


class Files:
    """The classifiers of all brands, beside the networks that the demo's bundles share."""

    def __init__(self, folder: Path) -> None:
        self.folders = (folder, DEMO.parent / SHARED)

    def read(self, digest: str) -> bytes:
        found = next(path for folder in self.folders if (path := folder / f"{digest}.safetensors").exists())
        return found.read_bytes()


def brands(folder: Path, count: int, skus: int, length: int) -> Iterator[ModelSet]:
    manifest = loads((DEMO / "manifest.json").read_bytes())
    for number in range(count + WARM_UP):
        network = head_network(_regression(number, skus, length), skus)
        for digest, data in ((network.spec.weights, network.weights), (network.spec.golden, network.golden)):
            (folder / f"{digest}.safetensors").write_bytes(data)
        labels = tuple(replace(manifest.labels[0], id=row, name=f"SKU_{row}") for row in range(skus))
        yield _named(replace(manifest, brand=f"BRAND {number}", labels=labels, head=network.spec, report=""))


def _named(manifest: Manifest) -> ModelSet:
    return ModelSet(f"{manifest.category}/{manifest.brand}@1", manifest.digest(), manifest)


def _regression(seed: int, skus: int, length: int) -> Regression:
    """With as many reference embeddings as training keeps."""
    rng = np.random.default_rng(seed)
    references = rng.normal(scale=length**-0.5, size=(400, length)).astype(np.float32)
    weights, features = rng.normal(size=(skus, length)), rng.normal(size=(6, length)).astype(np.float32)
    return Regression(weights, np.zeros(skus), features, familiarity=Familiarity(references, np.ones(3, np.float32)))


def predicted(engine: Engine, models: ModelSet) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    engine.predict(models, decode(PHOTO.read_bytes()), Options(), time.monotonic() + 60)
    return (time.perf_counter() - start) * 1000


def main(count: int, skus: int = 60) -> None:
    with TemporaryDirectory() as scratch:
        made = list(brands(Path(scratch), count, skus, 448))
        print(f"{count} more brands of {skus} SKUs: {_memory(Path(scratch), made):.0f} KiB each")
        later, warm = _delays(Path(scratch), made)
    print(f"first prediction: {statistics.median(later):.1f} ms more than a warm one, {max(later):.1f} at most")
    told = ", ".join(f"{milliseconds:.0f} ms with {number}" for number, milliseconds in warm.items())
    print(f"a warm prediction, by the number of brands in memory: {told}")
    full = 2 * 400 * 896 + 4 * (skus + 1) * 897
    print(f"with DINOv2-S and CLIP ViT-B/32, 896 numbers a product: {full / KIB:.0f} KiB of arrays each")


def _memory(folder: Path, made: list[ModelSet]) -> float:
    """KiB of Python's and numpy's memory that a loaded brand holds; torch holds none of its own."""
    loader = Loader(Files(folder), choose("auto", "auto"))
    held = [loader.load(models.manifest) for models in made[:WARM_UP]]
    tracemalloc.start()
    held += [loader.load(models.manifest) for models in made[WARM_UP:]]
    grown = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return grown / KIB / (len(held) - WARM_UP)


def _delays(folder: Path, made: list[ModelSet]) -> tuple[list[float], dict[int, float]]:
    """How much longer each first prediction took; what a warm one took with so many brands in memory."""
    engine = Engine(Loader(Files(folder), choose("auto", "auto")))
    for models in made[:WARM_UP]:
        predicted(engine, models)
    later, warm = [], {}
    step = max(1, (len(made) - WARM_UP) // TIMED)
    for number, models in enumerate(made[WARM_UP:], 1):
        if number % step:
            engine.preload(models)
        else:
            first, again = predicted(engine, models), predicted(engine, models)
            later.append(first - again)
        if number in SHOWN:
            warm[number] = statistics.median(predicted(engine, made[0]) for _ in range(9))
    return later, warm


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.brands", description=__doc__)
    parser.add_argument("--brands", type=int, default=50)
    main(parser.parse_args().brands)
