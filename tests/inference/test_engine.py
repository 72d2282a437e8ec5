"""The engine of a process: it answers in time or says no, and nothing that goes wrong stops it."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from inference.asker import Asker
from inference.engine import Engine
from inference.errors import ClientGone, DeadlineExceeded, EngineOffline, ModelLoading, QueueFull, ReleaseRefused
from inference.file_store import FolderStore
from inference.loading import LoadedRelease
from inference.manifest import Manifest, ModelSet
from inference.results import Facing, Options, Reading
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
    """Occupies the only stream of an engine until it is told to let go."""

    def __init__(self, occupied: Engine) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.occupied = occupied

    def _wait(self) -> None:
        self.begun.set()
        self.go_on.wait(30)

    def __enter__(self) -> "Busy":
        self.call = self.occupied._scheduler.call(self._wait)
        self.begun.wait(10)
        return self

    def __exit__(self, *_: Any) -> None:
        self.go_on.set()
        self.call.result(10)


def pass_by(running: Engine) -> None:
    """Returns when a stream has taken a turn."""
    running._scheduler.call(lambda: None).result(20)


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
    small.preload(one)
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


def watched(release: LoadedRelease, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many photos its detector was given, call by call."""
    seen: list[int] = []
    real = release.detector.detect_batch

    def detect(images: Any, confidences: Any) -> Any:
        seen.append(len(images))
        return real(images, confidences)

    monkeypatch.setattr(release.detector, "detect_batch", detect)
    return seen


def test_work_that_nobody_waits_for_is_never_run(
    running: Engine, one: ModelSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = watched(running.preload(one), monkeypatch)
    with Busy(running), pytest.raises(DeadlineExceeded):
        running.predict(one, photo(), OPTIONS, within(0.05))
    pass_by(running)
    assert seen == []


def test_nothing_is_computed_for_a_client_that_has_hung_up(
    running: Engine, one: ModelSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = watched(running.preload(one), monkeypatch)
    with Busy(running), pytest.raises(ClientGone):
        running.predict(one, photo(), OPTIONS, within(), Asker(gone=lambda: True))
    pass_by(running)
    assert seen == []


def test_photos_that_wait_together_are_detected_together(
    running: Engine, one: ModelSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = watched(running.preload(one), monkeypatch)
    with Busy(running):
        asked = [in_background(lambda: running.predict(one, photo(), OPTIONS, within())) for _ in range(4)]
        until_waiting(running, 4)
    for thread in asked:
        thread.join()
    assert seen == [2, 2]


def until_waiting(running: Engine, count: int) -> None:
    """Returns when as many photos wait for their turn."""
    end = within(20)
    while len(list(running._scheduler._agenda.queue)) < count:
        assert time.monotonic() < end, "nobody came"
        time.sleep(0.01)


def test_a_deadline_in_the_past_is_exceeded(running: Engine, one: ModelSet) -> None:
    running.preload(one)
    with pytest.raises(DeadlineExceeded):
        running.predict(one, photo(), OPTIONS, within(-1))


def test_a_deadline_between_two_stages_stops_the_work(
    running: Engine, one: ModelSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, embedded = running.preload(one), []
    real = release.detector.detect_batch

    def slow(*arguments: Any) -> Any:
        time.sleep(0.3)
        return real(*arguments)

    monkeypatch.setattr(release.detector, "detect_batch", slow)
    monkeypatch.setattr("inference.serving.scheduler.embedded", lambda parts: embedded.append(parts))
    with pytest.raises(DeadlineExceeded):
        running.predict(one, photo(), OPTIONS, within(0.1))
    pass_by(running)
    assert embedded == []


@pytest.mark.parametrize("error", [RuntimeError("kernel"), KeyError("x"), TimeoutError("inside")])
def test_a_network_that_raises_tells_its_caller_and_leaves_the_stream_alive(
    running: Engine, one: ModelSet, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(running.preload(one).detector, "detect_batch", fail)
    with pytest.raises(type(error)):
        running.predict(one, photo(), OPTIONS, within())
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
    pass_by(running)
    assert (while_stuck, running.alive()) == (False, True)


def test_a_worker_that_has_been_idle_for_long_is_alive(running: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inference.engine.STUCK_SECONDS", 0.02)
    pass_by(running)
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
    closed.join()
    assert closed.status().state == "offline"
    assert not closed.alive()


def same(left: Reading, right: Reading) -> bool:
    """But for the last digits of the confidences, which depend on what else was in the batch."""
    return unsure(left) == unsure(right) and np.allclose(confidences(left), confidences(right), rtol=0, atol=1e-4)


def unsure(reading: Reading) -> list[Facing]:
    return [replace(facing, sku_conf=0.0, det_conf=0.0) for facing in reading.facings]


def confidences(reading: Reading) -> list[tuple[float, float]]:
    return [(facing.sku_conf, facing.det_conf) for facing in reading.facings]


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


def test_a_device_that_is_lost_while_a_release_is_proved_ends_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise torch.AcceleratorError("CUDA error: an illegal memory access was encountered")

    monkeypatch.setattr("inference.golden.check_detector", lost)
    broken = engine(tmp_path)
    with pytest.raises(EngineOffline):
        broken.predict(models(bundle(tmp_path)), photo(), Options(), time.monotonic() + 30)
    assert not broken.alive()
