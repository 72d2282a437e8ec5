"""What nobody waits for is read on idle time: whoever comes goes first, and finds every place in the queue free."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inference.engine import Engine, Rank
from inference.errors import DeadlineExceeded, GaveWay, ReleaseRefused
from inference.manifest import ModelSet
from inference.results import Reading
from tests.inference.installed import bundle, engine, models
from tests.inference.test_engine import OPTIONS, Busy, in_background, same, within
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
    assert len(asked.facings) > running._portion()
    for left, right in zip(asked.facings, idle.facings, strict=True):
        assert right.sku_conf == pytest.approx(left.sku_conf, abs=1e-5)
        assert replace(left, sku_conf=0) == replace(right, sku_conf=0)
    assert set(idle.timings) == {"detect", "embed", "classify"}


def jobs_in(running: Engine) -> list[Rank]:
    return [job.rank for job in running._jobs.queue]


def until_waiting(running: Engine, count: int) -> None:
    """Waits for as many jobs behind the one in hand."""
    end = within(20)
    while len(jobs_in(running)) < count:
        assert time.monotonic() < end, "nobody came"
        time.sleep(0.01)


def test_it_takes_no_place_in_the_queue(running: Engine, one: ModelSet) -> None:
    """The only one there is stays free while it waits."""
    running.load(one, within())
    with Busy(running):
        idle = in_background(lambda: idly(running, one))
        until_waiting(running, 1)
        asked = in_background(lambda: running.predict(one, photo(), OPTIONS, within()))
        until_waiting(running, 2)
    asked.join()
    idle.join()


def test_whoever_comes_later_goes_first(running: Engine, one: ModelSet) -> None:
    running.load(one, within())
    order: list[str] = []

    def read(what: str, call: Any) -> None:
        call()
        order.append(what)

    with Busy(running):
        idle = in_background(lambda: read("idle", lambda: idly(running, one)))
        until_waiting(running, 1)
        asked = in_background(lambda: read("asked", lambda: running.predict(one, photo(), OPTIONS, within())))
        until_waiting(running, 2)
    asked.join()
    idle.join()
    assert order == ["asked", "idle"]


def test_between_two_stages_it_gives_way(running: Engine, one: ModelSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody comes while it looks for products: none of them is embedded before the other is answered."""
    release, answered = running.load(one, within()), threading.Event()
    real = release.detector.detect

    def detect(*arguments: Any) -> Any:
        monkeypatch.setattr(release.detector, "detect", real)
        in_background(lambda: running.predict(one, photo(), OPTIONS, within()) and answered.set())
        until_waiting(running, 1)
        return real(*arguments)

    monkeypatch.setattr(release.detector, "detect", detect)
    with pytest.raises(GaveWay):
        idly(running, one)
    assert answered.wait(30)


def test_between_two_portions_it_gives_way(running: Engine, one: ModelSet, monkeypatch: pytest.MonkeyPatch) -> None:
    running.load(one, within())
    embedded: list[int] = []

    def embed(release: Any, pixels: Any, boxes: Any) -> Any:
        embedded.append(len(boxes))
        in_background(lambda: running._answer(lambda: None, within()))
        until_waiting(running, 1)
        return boxes

    monkeypatch.setattr("inference.pipeline.embed", embed)
    with pytest.raises(GaveWay):
        idly(running, one)
    assert embedded == [running._portion()]


def test_what_is_too_late_is_never_read(running: Engine, one: ModelSet) -> None:
    release = running.load(one, within())
    read: list[int] = []
    release.detector.detect = lambda *_: read.append(1)  # type: ignore[method-assign, assignment]
    with Busy(running), pytest.raises(DeadlineExceeded):
        idly(running, one, 0.05)
    running._answer(lambda: None, within())
    assert read == []


def test_a_refused_release_is_refused_here_as_well(running: Engine, one: ModelSet) -> None:
    damaged = models(replace(one.manifest, head=replace(one.manifest.head, temperature=9.0)))
    with pytest.raises(ReleaseRefused):
        idly(running, damaged)


def test_an_engine_that_closes_reads_nothing_more_on_idle_time(store: Path, one: ModelSet) -> None:
    closing = engine(store)
    closing.load(one, within())
    with Busy(closing):
        idle = in_background(lambda: idly(closing, one, 0.5))
        until_waiting(closing, 1)
        closing.close()
    closing._worker.join(10)
    assert jobs_in(closing) == [Rank.IDLE]
    idle.join()


def test_readings_on_idle_time_do_not_give_way_to_each_other(running: Engine, one: ModelSet) -> None:
    readings: list[Reading] = []
    threads = [in_background(lambda: readings.append(idly(running, one))) for _ in range(3)]
    for thread in threads:
        thread.join()
    assert len(readings) == 3
    assert all(same(readings[0], reading) for reading in readings)
