"""How a device is used best is tried once, on idle time, and kept."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch

from inference.device import Placement
from inference.engine import Engine
from inference.errors import EngineOffline
from inference.manifest import ModelSet
from inference.results import Options
from inference.serving import tuning
from inference.serving.runtime import Runtime, usual
from inference.serving.scheduler import Scheduler
from inference.serving.tuning import Choices, Load, best, candidates
from tests.inference.installed import bundle, engine, models
from tests.inference.serving.works import release
from tests.inference.test_engine import same, within
from tests.tiny_release import CPU, photo

PLACEMENT = Placement(CPU, torch.float32)
USUAL = usual(CPU)
OTHER = Runtime(streams=1, threads=1, photos=2, crops=8, idle_crops=2)


@pytest.fixture
def choices(tmp_path: Path) -> Choices:
    return Choices(tmp_path / "runtime", PLACEMENT)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Engine]:
    started = engine(tmp_path)
    yield started
    started.close()


@pytest.fixture
def one(tmp_path: Path) -> ModelSet:
    return models(bundle(tmp_path, "ONE", seed=1))


def timed(monkeypatch: pytest.MonkeyPatch, seconds: Callable[[Runtime], float]) -> list[Runtime]:
    tried: list[Runtime] = []

    def take(_: Any, runtime: Runtime, *rest: Any) -> float:
        tried.append(runtime)
        return seconds(runtime)

    monkeypatch.setattr(tuning, "_seconds", take)
    return tried


def test_the_usual_way_is_tried_first_and_none_twice() -> None:
    ways = list(candidates(USUAL, CPU))
    assert ways[0] == USUAL
    assert len(ways) == len(set(ways)) > 3


def test_every_way_really_computes() -> None:
    found = best(release(), USUAL, CPU, lambda: True)
    assert found is not None
    assert set(found[1]) == set(candidates(USUAL, CPU))
    assert min(found[1].values()) > 0


def test_the_quickest_way_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    ways = list(candidates(USUAL, CPU))
    timed(monkeypatch, lambda runtime: 1.0 if runtime == ways[2] else 2.0)
    assert best(release(), USUAL, CPU, lambda: True)[0] == ways[2]  # type: ignore[index]


def test_a_difference_that_may_be_noise_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    timed(monkeypatch, lambda runtime: 2.0 if runtime == USUAL else 1.95)
    assert best(release(), USUAL, CPU, lambda: True)[0] == USUAL  # type: ignore[index]


def test_it_is_about_the_way_in_use_on_whatever_thread_it_is_tried() -> None:
    """Streams set how many threads torch uses, and every thread that begins after them inherits that."""
    Scheduler(Runtime(streams=1, threads=1, photos=1, crops=16, idle_crops=4), places=1).close()
    seen: list[Runtime] = []
    thread = threading.Thread(target=lambda: seen.append(usual(CPU)))
    thread.start()
    thread.join()
    assert seen == [USUAL]


def test_a_way_that_fails_is_not_chosen_and_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ways = list(candidates(USUAL, CPU))

    def take(runtime: Runtime) -> float:
        if runtime == ways[1]:
            raise MemoryError
        return 1.0 if runtime == ways[2] else 2.0

    timed(monkeypatch, take)
    assert best(release(), USUAL, CPU, lambda: True) == (
        ways[2], {way: 1.0 if way == ways[2] else 2.0 for way in ways if way != ways[1]}
    )  # fmt: skip


@pytest.mark.parametrize("device", [CPU, torch.device("cuda")])
def test_there_is_enough_to_compute_to_tell_the_ways_apart(device: torch.device) -> None:
    ways = list(candidates(Runtime(streams=1, threads=2, photos=8, crops=64, idle_crops=4), device))
    load = Load.for_all(ways)
    assert load.photos >= max(way.photos * way.streams for way in ways)
    assert load.known * tuning.FACINGS >= max(way.crops * way.streams for way in ways)


def test_whoever_comes_ends_the_trial() -> None:
    assert best(release(), USUAL, CPU, iter([True, True, False]).__next__) is None


def test_what_is_chosen_is_known_at_the_next_start(choices: Choices, tmp_path: Path) -> None:
    choices.keep(OTHER, {OTHER: 1.0})
    assert Choices(tmp_path / "runtime", PLACEMENT).read() == OTHER


def test_another_precision_is_tried_anew(choices: Choices, tmp_path: Path) -> None:
    choices.keep(OTHER, {OTHER: 1.0})
    assert Choices(tmp_path / "runtime", Placement(CPU, torch.bfloat16)).read() is None


@pytest.mark.parametrize("text", ["", "{}", '{"runtime": {"streams": 1}}', '{"runtime": [1]}', "null"])
def test_a_file_that_says_nothing_is_no_choice(choices: Choices, text: str) -> None:
    choices.keep(OTHER, {})
    choices._file.write_text(text)
    assert choices.read() is None


def test_an_engine_goes_on_with_what_it_found(
    running: Engine, one: ModelSet, choices: Choices, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = running.predict(one, photo(), Options(), within())
    monkeypatch.setattr("inference.engine.best", lambda *_: (OTHER, {OTHER: 1.0}))
    assert running.tune(choices, lambda: True)
    assert dict(running.status().runtime) == asdict(OTHER)
    assert same(before, running.predict(one, photo(), Options(), within()))


def test_an_engine_that_reads_is_not_idle(running: Engine, one: ModelSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long ago the photo came."""
    from tests.inference.test_engine import Busy, in_background, until_waiting

    running.preload(one)
    with Busy(running):
        asked = in_background(lambda: running.predict(one, photo(), Options(), within()))
        until_waiting(running, 1)
        monkeypatch.setattr(running, "_last_asked", running._last_asked - 100)
        reading = running.idle_for()
    asked.join()
    assert (reading, running.idle_for() > 100) == (0.0, True)


def test_what_is_known_is_not_tried_again(
    running: Engine, one: ModelSet, choices: Choices, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.preload(one)
    choices.keep(OTHER, {})
    tried = timed(monkeypatch, lambda _: 1.0)
    assert running.tune(choices, lambda: True)
    assert tried == []


def test_an_engine_with_nothing_in_memory_has_nothing_to_try(running: Engine, choices: Choices) -> None:
    assert not running.tune(choices, lambda: True)


def test_a_photo_that_comes_in_the_moment_of_the_change_is_read(
    running: Engine, one: ModelSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.preload(one)
    before = running._scheduler
    real = before.submit

    def late(work: Any) -> None:
        running._adopt(OTHER)
        before.join()
        real(work)

    monkeypatch.setattr(before, "submit", late)
    assert running.predict(one, photo(), Options(), within()).facings


def test_photos_that_wait_when_the_way_changes_are_read(running: Engine, one: ModelSet) -> None:
    from tests.inference.test_engine import Busy, in_background, until_waiting

    running.preload(one)
    read: list[int] = []
    with Busy(running):
        asked = in_background(lambda: read.append(len(running.predict(one, photo(), Options(), within()).facings)))
        until_waiting(running, 1)
        running._adopt(OTHER)
    asked.join()
    assert read
    assert read[0] > 0


def test_who_waits_on_the_former_way_is_told_when_the_service_stops(running: Engine, one: ModelSet) -> None:
    from tests.inference.test_engine import Busy, in_background, until_waiting

    running.preload(one)
    told: list[BaseException] = []

    def ask() -> None:
        try:
            running.predict(one, photo(), Options(), within())
        except EngineOffline as error:
            told.append(error)

    with Busy(running):
        asked = in_background(ask)
        until_waiting(running, 1)
        running._adopt(OTHER)
        running.close()
        asked.join(10)
    assert told
