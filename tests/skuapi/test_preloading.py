"""What PRELOAD names is loaded before the process is ready, and pinned; and what becomes active later in its place."""

import threading
from collections.abc import Callable, Iterable

import pytest
from django.db import DatabaseError, InterfaceError
from pytest_django import Settings

from inference.errors import EngineOffline, ModelLoading, OutOfMemory, ReleaseRefused
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


class Process(Memory):
    """Whose engine answers loads with these outcomes in turn, and has stopped then. left: what it was before each."""

    def __init__(self, *outcomes: Exception | None) -> None:
        super().__init__()
        self.outcomes = list(outcomes)
        self.left: list[int] = []

    def load(self, models: ModelSet) -> None:
        self.left.append(preloading.left())
        outcome = self.outcomes.pop(0) if self.outcomes else EngineOffline("stopped")
        if outcome:
            raise outcome
        super().load(models)

    def run(self) -> None:
        preloading.run(self.load, self.pin)


@pytest.fixture
def started(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Just now, and in a hurry."""
    for name, value in {"_once": threading.Lock(), "_left": None, "AGAIN_SECONDS": 0, "FOLLOW_SECONDS": 0}.items():
        monkeypatch.setattr(preloading, name, value)


FAILURES = [
    ReleaseRefused("damaged"),
    ModelLoading("There is no room for the model."),
    OutOfMemory("There is not enough memory."),
    RuntimeError("unforeseen"),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_a_model_that_cannot_be_loaded_at_first_is_loaded_later(started: None, failure: Exception) -> None:
    process = Process(failure, failure, None)
    process.run()
    assert process.loaded == ["TINY/ONE@2"]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_a_process_is_ready_once_each_model_was_tried(started: None, failure: Exception) -> None:
    process = Process(failure, None)
    process.run()
    assert process.left == [1, 0, 0]


def test_a_model_for_which_there_is_no_room_is_told_with_the_setting_that_makes_room(
    started: None, caplog: pytest.LogCaptureFixture
) -> None:
    Process(ModelLoading("There is no room for the model.")).run()
    assert "TINY/ONE@2 waits for memory" in caplog.text
    assert "MODEL_MEMORY_BYTES" in caplog.text


AWAY = [DatabaseError("gone"), InterfaceError("connection already closed")]


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_the_first_round_is_begun_anew_while_the_database_is_away(
    started: None, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_twice(monkeypatch, error)
    process = Process(None, None)
    process.run()
    assert process.left == [1, 0, 0]
    assert process.loaded == ["TINY/ONE@2"] * 2


def failing_twice(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    real: Callable[[ModelLine], Release | None] = ModelLine.active
    failures = [error, error]

    def active(asked: ModelLine) -> Release | None:
        if failures:
            raise failures.pop()
        return real(asked)

    monkeypatch.setattr(ModelLine, "active", active)


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_a_database_that_goes_away_while_models_load_leaves_the_process_unready(
    started: None, error: Exception
) -> None:
    process = Process(error, None)
    process.run()
    assert process.left == [1, 1, 0]


def test_a_process_whose_engine_stops_before_its_models_are_loaded_never_was_ready(started: None) -> None:
    Process().run()
    assert preloading.left() == 1


def test_a_database_that_is_away_is_told_with_what_to_look_at(
    started: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failing_twice(monkeypatch, DatabaseError("gone"))
    Process().run()
    assert "DATABASE_URL" in caplog.text


def test_a_manifest_that_cannot_be_read_holds_up_nobody(
    started: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def unreadable(release: Release) -> ModelSet:
        raise ReleaseRefused("The manifest cannot be read. Export the bundle again.")

    monkeypatch.setattr(preloading, "model_set", unreadable)
    monkeypatch.setattr(preloading, "follow", stop)
    Process().run()
    assert (preloading.left(), "TINY/ONE@2 cannot be loaded" in caplog.text) == (0, True)


def stop(*_: object) -> None:
    raise EngineOffline("stopped")
