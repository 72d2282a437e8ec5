"""What nobody waits for is read on idle time: whoever comes goes first, and finds every place in the queue free."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inference.engine import Engine
from inference.errors import DeadlineExceeded, EngineOffline, ReleaseRefused
from inference.manifest import ModelSet
from inference.results import Reading
from inference.serving import scheduler
from inference.serving.batches import Part
from tests.inference.installed import bundle, engine, models
from tests.inference.test_engine import (
    OPTIONS,
    Busy,
    in_background,
    pass_by,
    same,
    until_waiting,
    watched,
    within,
)
from tests.tiny_release import photo


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def one(store: Path) -> ModelSet:
    return models(bundle(store, "ONE", seed=1))


@pytest.fixture
def running(store: Path) -> Iterator[Engine]:
    started = engine(store, queue_size=1)
    yield started
    started.close()


def idly(running: Engine, one: ModelSet, seconds: float = 60) -> Reading:
    return running.read_when_idle(one, photo(), OPTIONS, within(seconds))


def test_what_is_read_on_idle_time_is_what_a_request_gets(running: Engine, one: ModelSet) -> None:
    """In several portions, whose embeddings may differ in the last bit."""
    asked, idle = running.predict(one, photo(), OPTIONS, within()), idly(running, one)
    assert len(asked.facings) > running._scheduler._agenda.runtime.idle_crops
    for left, right in zip(asked.facings, idle.facings, strict=True):
        assert right.sku_conf == pytest.approx(left.sku_conf, abs=1e-5)
        assert replace(left, sku_conf=0) == replace(right, sku_conf=0)
    assert set(idle.timings) == {"queue", "detect", "embed", "classify"}


def until_idle_waits(running: Engine) -> None:
    end = within(20)
    while running._scheduler._agenda.idle is None:
        assert time.monotonic() < end, "nobody came"
        time.sleep(0.01)


def test_it_takes_no_place_in_the_queue(running: Engine, one: ModelSet) -> None:
    """The only one there is stays free while it waits."""
    running.preload(one)
    with Busy(running):
        idle = in_background(lambda: idly(running, one))
        until_idle_waits(running)
        asked = in_background(lambda: running.predict(one, photo(), OPTIONS, within()))
        until_waiting(running, 1)
    asked.join()
    idle.join()


def test_whoever_comes_later_goes_first(running: Engine, one: ModelSet) -> None:
    running.preload(one)
    order: list[str] = []

    def read(what: str, call: Any) -> None:
        call()
        order.append(what)

    with Busy(running):
        idle = in_background(lambda: read("idle", lambda: idly(running, one)))
        until_idle_waits(running)
        asked = in_background(lambda: read("asked", lambda: running.predict(one, photo(), OPTIONS, within())))
        until_waiting(running, 1)
    asked.join()
    idle.join()
    assert order == ["asked", "idle"]


def test_between_two_portions_whoever_comes_goes_first(
    running: Engine, one: ModelSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody comes while it embeds its first facings: the others of it wait until that photo is answered."""
    running.preload(one)
    real, steps, asked = scheduler.embedded, [], []

    def embedded(parts: Sequence[Part]) -> Any:
        steps.append([part.length for part in parts])
        if len(steps) == 1:
            asked.append(in_background(lambda: running.predict(one, photo(), OPTIONS, within())))
            until_waiting(running, 1)
        return real(parts)

    monkeypatch.setattr(scheduler, "embedded", embedded)
    facings = len(idly(running, one).facings)
    asked[0].join()
    assert steps[:3] == [[4], [facings], [4]]


def test_what_is_too_late_is_never_read(running: Engine, one: ModelSet, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = watched(running.preload(one), monkeypatch)
    with Busy(running), pytest.raises(DeadlineExceeded):
        idly(running, one, 0.05)
    pass_by(running)
    assert seen == []


def test_a_refused_release_is_refused_here_as_well(running: Engine, one: ModelSet) -> None:
    damaged = models(replace(one.manifest, head=replace(one.manifest.head, temperature=9.0)))
    with pytest.raises(ReleaseRefused):
        idly(running, damaged)


def test_an_engine_that_closes_reads_nothing_more_on_idle_time(
    store: Path, one: ModelSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing = engine(store)
    seen = watched(closing.preload(one), monkeypatch)
    with ThreadPoolExecutor(1) as pool:
        with Busy(closing):
            idle = pool.submit(idly, closing, one)
            until_idle_waits(closing)
            closing.close()
        closing.join()
        with pytest.raises(EngineOffline):
            idle.result(10)
    assert seen == []


def test_readings_on_idle_time_take_turns(running: Engine, one: ModelSet) -> None:
    readings: list[Reading] = []
    threads = [in_background(lambda: readings.append(idly(running, one))) for _ in range(3)]
    for thread in threads:
        thread.join()
    assert len(readings) == 3
    assert all(same(readings[0], reading) for reading in readings)
