"""Tiny releases in folders, and stores that behave badly, for tests of loading and of the engine."""

import time
from pathlib import Path

from inference.bundle import REFERENCE
from inference.engine import Engine
from inference.file_store import FileStore, FolderStore
from inference.loading import Loader
from inference.manifest import Manifest, ModelSet
from inference.serving.runtime import Runtime
from tests import tiny_release


class SlowStore:
    """Needs `seconds` for the files named in `slow`; counts what is read."""

    def __init__(self, store: FileStore, seconds: float, slow: frozenset[str]) -> None:
        self.store, self.seconds, self.slow = store, seconds, slow
        self.reads: list[str] = []

    def read(self, digest: str) -> bytes:
        self.reads.append(digest)
        if digest in self.slow:
            time.sleep(self.seconds)
        return self.store.read(digest)


def models(manifest: Manifest) -> ModelSet:
    return ModelSet(f"{manifest.category}/{manifest.brand}@1", manifest.digest(), manifest)


def bundle(folder: Path, brand: str = "ONE", seed: int = 0) -> Manifest:
    """Its files lie in `folder`, beside those of other bundles, as in a model store."""
    manifest = tiny_release.write(folder / brand, brand, seed)
    for file in (folder / brand).glob("*.safetensors"):
        file.replace(folder / file.name)
    return manifest


def loader(store: FileStore | Path) -> Loader:
    return Loader(FolderStore(store) if isinstance(store, Path) else store, REFERENCE)


ONE_STREAM = Runtime(streams=1, threads=1, photos=2, crops=64, idle_crops=4)


def engine(store: FileStore | Path, **settings: float) -> Engine:
    """With one stream, which a test can keep busy."""
    return Engine(loader(store), runtime=ONE_STREAM, **settings)  # type: ignore[arg-type]
