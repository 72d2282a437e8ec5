"""The engine of a process: it answers in time or says no, and nothing that goes wrong stops it."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inference.engine import Engine
from inference.errors import DeadlineExceeded, ModelLoading, QueueFull, ReleaseRefused
from inference.file_store import FolderStore
from inference.manifest import Manifest, ModelSet
from inference.results import Options, Reading
from tests.inference.installed import SlowStore, bundle, engine, models
from tests.tiny_release import photo

OPTIONS = Options()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def one(store: Path) -> ModelSet:
    return models(bundle(store, "ONE", seed=1))


@pytest.fixture(scope="module")
def two(store: Path) -> ModelSet:
    return models(bundle(store, "TWO", seed=2))


@pytest.fixture
def running(store: Path) -> Iterator[Engine]:
    started = engine(store)
    yield started
    started.close()


def within(seconds: float = 60) -> float:
    return time.monotonic() + seconds


class Busy:
    """Occupies the worker of an engine until it is told to let go."""

    def __init__(self, occupied: Engine) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=lambda: occupied._answer(self._wait, within()))

    def _wait(self) -> None:
        self.begun.set()
        self.go_on.wait(30)

    def __enter__(self) -> "Busy":
        self.thread.start()
        self.begun.wait(10)
        return self

    def __exit__(self, *_: Any) -> None:
        self.go_on.set()
        self.thread.join()


def in_background(call: Callable[[], object]) -> threading.Thread:
    def quietly() -> None:
        with suppress(DeadlineExceeded):
            call()

    thread = threading.Thread(target=quietly)
    thread.start()
    return thread


def test_a_shelf_is_read(running: Engine, one: ModelSet) -> None:
    reading = running.predict(one, photo(), OPTIONS, within())
    assert reading.release == "TINY/ONE@1"
    assert {facing.sku for facing in reading.facings} <= set(reading.skus)
    assert set(reading.timings) == {"queue", "detect", "embed", "classify"}


def test_a_picture_without_products_is_an_empty_reading(running: Engine, one: ModelSet) -> None:
    reading = running.predict(one, photo(), Options(det_conf=1.0), within())
    assert reading.facings == ()


def test_the_worker_does_nothing_for_a_full_queue(store: Path, one: ModelSet) -> None:
    small = engine(store, queue_size=1)
    small.load(one, within())
    with Busy(small):
        waiting = in_background(lambda: small.predict(one, photo(), OPTIONS, within(5)))
        time.sleep(0.2)
        began = time.monotonic()
        with pytest.raises(QueueFull):
            small.predict(one, photo(), OPTIONS, within())
        assert time.monotonic() - began < 0.5
    waiting.join()


def test_a_place_in_the_queue_is_free_again_afterwards(store: Path, one: ModelSet) -> None:
    small = engine(store, queue_size=1)
    for _ in range(3):
        small.predict(one, photo(), OPTIONS, within())


def test_work_that_nobody_waits_for_is_never_run(running: Engine) -> None:
    ran: list[int] = []
    with Busy(running), pytest.raises(DeadlineExceeded):
        running._answer(lambda: ran.append(1), within(0.05))
    running._answer(lambda: None, within())  # the worker has passed it by now
    assert ran == []


def test_a_deadline_in_the_past_is_exceeded(running: Engine, one: ModelSet) -> None:
    running.load(one, within())
    with pytest.raises(DeadlineExceeded):
        running.predict(one, photo(), OPTIONS, within(-1))


def test_a_deadline_between_two_stages_stops_the_work(
    running: Engine, one: ModelSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, embedded = running.load(one, within()), []
    real = release.detector.detect

    def slow(*arguments: Any) -> Any:
        time.sleep(0.3)
        return real(*arguments)

    monkeypatch.setattr(release.detector, "detect", slow)
    monkeypatch.setattr("inference.pipeline.embed", lambda *_: embedded.append(1))
    with pytest.raises(DeadlineExceeded):
        running.predict(one, photo(), OPTIONS, within(0.1))
    running._answer(lambda: None, within())
    assert embedded == []


@pytest.mark.parametrize("error", [RuntimeError("kernel"), MemoryError(), KeyError("x"), TimeoutError("inside")])
def test_a_job_that_raises_tells_its_caller_and_leaves_the_worker_alive(running: Engine, error: Exception) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error)):
        running._answer(fail, within())
    assert running.status().state == "online"


def test_the_status_is_a_round_trip_through_the_worker(running: Engine) -> None:
    status = running.status()
    assert (status.state, status.endpoint, status.precision) == ("online", "inproc://cpu", "float32")
    assert status.round_trip_ms is not None
    assert 0 < status.round_trip_ms < 5000


def test_a_worker_stuck_in_a_job_is_offline(running: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inference.engine.PING_SECONDS", 0.05)
    monkeypatch.setattr("inference.engine.STUCK_SECONDS", 0.02)
    with Busy(running):
        status = running.status()
    assert (status.state, status.round_trip_ms) == ("offline", None)


def test_a_worker_stuck_in_a_job_is_not_alive_and_one_that_has_ended_it_is(
    running: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inference.engine.STUCK_SECONDS", 0.02)
    with Busy(running):
        time.sleep(0.05)
        while_stuck = running.alive()
    running._answer(lambda: None, time.monotonic() + 10)
    assert (while_stuck, running.alive()) == (False, True)


def test_a_worker_that_has_been_idle_for_long_is_alive(running: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inference.engine.STUCK_SECONDS", 0.02)
    running._answer(lambda: None, time.monotonic() + 10)
    time.sleep(0.1)
    assert running.alive()


def test_a_worker_busy_with_others_is_online_and_slow(running: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inference.engine.PING_SECONDS", 0.05)
    with Busy(running):
        status = running.status()
    assert status.state == "online"
    assert status.round_trip_ms is not None
    assert status.round_trip_ms >= 50


def test_a_closed_engine_is_offline(store: Path) -> None:
    closed = engine(store)
    closed.close()
    closed._worker.join(10)
    assert closed.status().state == "offline"
    assert not closed.alive()


def same(left: Reading, right: Reading) -> bool:
    return replace(left, timings={}) == replace(right, timings={})


def test_concurrent_requests_get_what_each_gets_alone(running: Engine, one: ModelSet, two: ModelSet) -> None:
    asked = [(model, photo(200 + 40 * size, 240, seed=size)) for size in range(6) for model in (one, two)]
    alone = [running.predict(model, image, OPTIONS, within()) for model, image in asked]
    with ThreadPoolExecutor(len(asked)) as pool:
        together = list(pool.map(lambda pair: running.predict(*pair, OPTIONS, within()), asked))
    assert all(map(same, alone, together))


def test_a_load_that_takes_longer_goes_on_and_the_next_request_succeeds(store: Path, one: ModelSet) -> None:
    slow = SlowStore(FolderStore(store), 0.5, frozenset([one.manifest.head.weights]))
    patient = engine(slow, load_wait=0.05)
    with pytest.raises(ModelLoading):
        patient.predict(one, photo(), OPTIONS, within())
    assert patient.status().state == "warming"
    patient.load_wait = 30
    assert patient.predict(one, photo(), OPTIONS, within()).release == "TINY/ONE@1"
    assert slow.reads.count(one.manifest.head.weights) == 1


def test_loading_one_release_never_holds_up_another(store: Path, one: ModelSet, two: ModelSet) -> None:
    slow = engine(SlowStore(FolderStore(store), 3, frozenset([two.manifest.head.weights])))
    slow.predict(one, photo(), OPTIONS, within())
    loading = in_background(lambda: slow.predict(two, photo(), OPTIONS, within()))
    answered = [slow.predict(one, photo(), OPTIONS, within()) for _ in range(5)]
    assert loading.is_alive()
    assert len(answered) == 5
    loading.join()


def test_a_refused_release_leaves_others_alone(store: Path, one: ModelSet, tmp_path: Path) -> None:
    manifest: Manifest = replace(one.manifest, head=replace(one.manifest.head, temperature=9.0))
    running = engine(store)
    with pytest.raises(ReleaseRefused):
        running.predict(models(manifest), photo(), OPTIONS, within())
    assert running.predict(one, photo(), OPTIONS, within()).facings
