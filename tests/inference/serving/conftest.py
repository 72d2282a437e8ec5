"""Fifty brands that share their networks, and what loads them."""

from pathlib import Path

import pytest

from inference.loading import Loader
from inference.manifest import ModelSet
from tests.inference.installed import bundle, loader, models

BRANDS = 50


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("residents")


@pytest.fixture(scope="module")
def brands(store: Path) -> list[ModelSet]:
    return [models(bundle(store, f"B{number}", number)) for number in range(BRANDS)]


@pytest.fixture(scope="module")
def source(store: Path) -> Loader:
    return loader(store)
