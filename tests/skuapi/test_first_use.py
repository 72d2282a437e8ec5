"""What a process has one of is made once, also when the first requests come together."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pytest_django import Settings

from skuapi import engine, suspects

FIRST = 4


def slow(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> None:
    """It takes so long to make that all of the first requests find none yet."""
    kind = getattr(module, name)

    def make(*args: Any) -> object:
        time.sleep(0.1)
        return kind(*args)

    monkeypatch.setattr(module, name, make)


@pytest.fixture(autouse=True)
def none_yet(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    for module in (engine, suspects):
        module._made.cache_clear()  # type: ignore[attr-defined]
    yield
    for module in (engine, suspects):
        module._made.cache_clear()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("module", "name", "first"),
    [(engine, "LocalBackend", engine.backend), (suspects, "Suspects", suspects.suspects)],
)
def test_those_who_ask_first_together_get_the_same(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, first: Any
) -> None:
    slow(monkeypatch, module, name)
    with ThreadPoolExecutor(FIRST) as threads:
        got = [future.result() for future in [threads.submit(first) for _ in range(FIRST)]]
    assert {id(one) for one in got} == {id(first())}
