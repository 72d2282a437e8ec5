"""Photos on their way, for tests of what is done with them."""

import time
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from inference.asker import Asker
from inference.detector import as_tensor
from inference.loading import LoadedRelease
from inference.serving.work import Work
from tests.inference.installed import bundle, loader
from tests.tiny_release import CPU, photo


@cache
def release(seed: int = 1) -> LoadedRelease:
    """Releases of different seeds share their networks, as brands do."""
    folder, source = _store()
    return source.load(bundle(folder, f"BRAND{seed}", seed))


@cache
def _store():  # type: ignore[no-untyped-def]
    folder = Path(mkdtemp())
    return folder, loader(folder)


def work(flow: str = "", seconds: float = 60, seed: int = 7, brand: int = 1, width: int = 320) -> Work:
    pixels = as_tensor(photo(width, seed=seed), CPU)
    return Work(release(brand), pixels, 0.25, time.monotonic() + seconds, Asker(flow))


def located(**about: int) -> Work:
    """Its facings have been found."""
    made = work(**about)  # type: ignore[arg-type]
    made.locate(made.release.detector.detect(made.pixels, made.confidence))
    return made
