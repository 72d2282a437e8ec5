"""A model store in a temporary folder, and tiny bundles to publish there."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from modelstore import canaries
from modelstore.models import Canary, ModelLine, Release
from modelstore.photo_store import photo_store
from modelstore.publishing import activate, publish
from modelstore.store import ModelStore, model_store
from tests import tiny_release
from tests.key_holder import issued, key, tenant, text  # noqa: F401 - fixtures

Bundle = Callable[..., Path]
Published = Callable[..., Release]


@pytest.fixture
def store(db: None, tmp_path: Path, settings: Settings) -> Iterator[ModelStore]:
    """Where `publish` puts files during this test."""
    models, photos = (
        {**settings.STORAGES[name], "OPTIONS": {"location": tmp_path / folder}}
        for name, folder in (("models", "store"), ("photos", "kept-photos"))
    )
    settings.STORAGES = {**settings.STORAGES, "models": models, "photos": photos}
    settings.DEVICE, settings.PRECISION = "cpu", "float32"
    for cached in (model_store, photo_store):
        cached.cache_clear()
    yield model_store()
    for cached in (model_store, photo_store):
        cached.cache_clear()


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    """Writes a bundle TINY/`brand`; another seed is another classifier."""

    def write(brand: str = "ONE", seed: int = 0) -> Path:
        folder = tmp_path / "bundles" / f"{abs(hash(brand))}-{seed}"
        tiny_release.write(folder, brand, seed)
        return folder

    return write


@pytest.fixture
def published(store: ModelStore, bundle: Bundle) -> Published:
    return lambda brand="ONE", seed=0: publish(bundle(brand, seed))


@pytest.fixture
def line(published: Published) -> ModelLine:
    """TINY/ONE@2 answers; @1 did before, and @3 is new."""
    for seed in (1, 2):
        activate(published(seed=seed), lambda _: None)
    published(seed=3)
    return ModelLine.objects.get()


@pytest.fixture
def canary(line: ModelLine) -> Canary:
    """TINY/ONE@3 reads 10 % of what @2 answers."""
    candidate = Release.objects.select_related("line").get(version=3)
    return canaries.start(candidate, 10, lambda _: None, "mona", "new caps")


def stored_file(store: ModelStore, digest: str) -> Path:
    return Path(store.storage.path(f"{digest[:2]}/{digest}.safetensors"))


@pytest.fixture(scope="session")
def best(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of a detector, as `yolo detect train` leaves it."""
    from tests.inference.importing import yolov8

    return yolov8.checkpoint(tmp_path_factory.mktemp("training") / "best.pt")
