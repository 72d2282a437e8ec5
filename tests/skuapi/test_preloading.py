"""What PRELOAD names is loaded again, and pinned instead, when another release becomes active."""

from collections.abc import Iterable

import pytest
from django.db import DatabaseError
from pytest_django import Settings

from inference.errors import ReleaseRefused
from inference.manifest import ModelSet
from modelstore.models import ModelLine, Release
from modelstore.publishing import activate
from skuapi import preloading
from tests.modelstore.conftest import bundle, line, published, store  # noqa: F401 - fixtures


class Memory:
    """What an engine was told to load and to pin."""

    def __init__(self) -> None:
        self.loaded: list[str] = []
        self.pinned: list[str] = []

    def load(self, models: ModelSet) -> None:
        self.loaded.append(models.name)

    def pin(self, digests: Iterable[str]) -> None:
        self.pinned = list(digests)

    def follow(self) -> None:
        preloading.follow(self.load, self.pin)


@pytest.fixture
def memory(line: ModelLine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Memory:  # noqa: F811
    settings.PRELOAD = ["TINY/ONE"]
    monkeypatch.setattr("django.db.connection.close", lambda: None)  # the test's own
    return Memory()


def test_what_is_active_is_loaded_and_pinned(memory: Memory) -> None:
    memory.follow()
    assert memory.loaded == ["TINY/ONE@2"]
    assert memory.pinned == [Release.objects.get(version=2).digest]


def test_what_is_activated_later_takes_its_place(memory: Memory) -> None:
    memory.follow()
    later = Release.objects.select_related("line").get(version=3)
    activate(later, lambda _: None)
    memory.follow()
    assert memory.loaded[-1] == "TINY/ONE@3"
    assert memory.pinned == [later.digest]


def test_a_line_without_an_active_release_is_no_news(
    memory: Memory, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PRELOAD = ["TINY/NOBODY"]
    memory.follow()
    assert (memory.loaded, caplog.text) == ([], "")


def test_a_damaged_release_holds_up_no_other(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(models: ModelSet) -> None:
        memory.loaded.append(models.name)
        raise ReleaseRefused("damaged")

    monkeypatch.setattr(memory, "load", refuse)
    memory.follow()
    assert memory.loaded == ["TINY/ONE@2"]


def test_a_database_that_is_away_changes_nothing(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.follow()
    before = memory.pinned

    def away(*_: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(ModelLine, "active", away)
    memory.follow()
    assert memory.pinned == before
