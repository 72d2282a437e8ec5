"""A model store in a temporary folder, and tiny bundles to publish there."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from modelstore.models import Release
from modelstore.publishing import publish
from modelstore.store import ModelStore, model_store
from tests import tiny_release
from tests.key_holder import issued, key, tenant, text  # noqa: F401 - fixtures

Bundle = Callable[..., Path]
Published = Callable[..., Release]


@pytest.fixture
def store(db: None, tmp_path: Path, settings: Settings) -> Iterator[ModelStore]:
    """Where `publish` puts files during this test."""
    models = {**settings.STORAGES["models"], "OPTIONS": {"location": tmp_path / "store"}}
    settings.STORAGES = {**settings.STORAGES, "models": models}
    settings.DEVICE, settings.PRECISION = "cpu", "float32"
    model_store.cache_clear()
    yield model_store()
    model_store.cache_clear()


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


def stored_file(store: ModelStore, digest: str) -> Path:
    return Path(store.storage.path(f"{digest[:2]}/{digest}.safetensors"))
