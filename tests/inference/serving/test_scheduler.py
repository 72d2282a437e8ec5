"""Photos of many requests on one device: in turn, together, on several streams, and never too late."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from inference.asker import Asker
from inference.errors import DeadlineExceeded, EngineOffline
from inference.loading import embed
from inference.serving.runtime import Runtime
from inference.serving.scheduler import Scheduler
from inference.serving.suspects import Suspects
from inference.serving.work import Embedded, Work
from tests.inference.serving.works import located, release, work

ONE = Runtime(streams=1, threads=1, photos=1, crops=64, idle_crops=4)


@contextmanager
def scheduler(runtime: Runtime = ONE, places: int = 64, suspects: Suspects | None = None) -> Iterator[Scheduler]:
    made = Scheduler(runtime, places, suspects)
    yield made
    made.close()
    made.join()


@contextmanager
def busy(made: Scheduler) -> Iterator[None]:
    """Its only stream is occupied meanwhile."""
    begun, go_on = threading.Event(), threading.Event()

    def occupy() -> None:
        begun.set()
        go_on.wait(30)

    made.call(occupy)
    begun.wait(10)
    yield
    go_on.set()


def answers(made: Scheduler, *works: Work) -> list[Embedded]:
    for one in works:
        made.submit(one)
    return [one.answer.result(60) for one in works]


def order_of(works: list[Work]) -> list[Work]:
    wait([one.answer for one in works], 60)
    return sorted(works, key=lambda one: one.begun or float("inf"))


@pytest.mark.parametrize("streams", [1, 2, 3])
def test_however_many_streams_compute_the_answers_are_the_same(streams: int) -> None:
    works = [work(seed=seed, brand=seed % 2) for seed in range(8)]
    with scheduler(Runtime(streams, 1, photos=2, crops=8, idle_crops=2)) as made:
        found = answers(made, *works)
    for one, answer in zip(works, found, strict=True):
        boxes = one.release.detector.detect(one.pixels, one.confidence)
        torch.testing.assert_close(answer.found, boxes, rtol=0, atol=1e-3)
        expected = embed(one.release, one.pixels, answer.found[:, :4]).numpy()
        np.testing.assert_allclose(answer.features, expected, atol=1e-5)


def test_a_step_without_company_has_the_threads_of_every_stream() -> None:
    with scheduler(Runtime(2, 1, photos=1, crops=8, idle_crops=4)) as made:
        assert made.call(torch.get_num_threads).result(10) == 2


def test_beside_another_step_it_has_its_own_streams_threads() -> None:
    with scheduler(Runtime(2, 1, photos=1, crops=8, idle_crops=4)) as made, busy(made):
        assert made.call(torch.get_num_threads).result(10) == 1


def test_one_photos_facings_are_shared_among_the_streams() -> None:
    one = located()
    assert one.found is not None
    one.locate(one.found.repeat(10, 1))
    with scheduler(Runtime(2, 1, photos=1, crops=64, idle_crops=4)) as made:
        features = answers(made, one)[0].features
    assert np.linalg.norm(features, axis=1).min() > 1  # every row has been written: two unit vectors


def test_tenants_take_turns_however_many_photos_one_of_them_sends() -> None:
    works = [work(flow) for flow in "aaaaaaaabb"]
    with scheduler() as made:
        with busy(made):
            for one in works:
                made.submit(one)
        begun = "".join(one.flow for one in order_of(works))
    assert begun.index("b") == 1
    assert begun[:5].count("b") == 2


def test_work_is_finished_in_the_order_in_which_it_began() -> None:
    works = [work(seed=seed) for seed in range(6)]
    ended: list[Work] = []
    for one in works:
        one.answer.add_done_callback(lambda _, one=one: ended.append(one))  # type: ignore[misc]
    with scheduler(replace(ONE, crops=4)) as made:
        answers(made, *works)
    assert ended == works


def test_what_would_hardly_be_ready_in_time_is_not_begun_while_others_wait() -> None:
    late, punctual = [work(seconds=0.6) for _ in range(2)], work(seconds=60)
    with scheduler() as made:
        made._agenda._spans[""].note(cost=1.0, span=1.0)
        with busy(made):
            for one in (*late, punctual):
                made.submit(one)
        assert punctual.answer.result(60)
    assert [type(one.answer.exception()) for one in late] == [DeadlineExceeded] * 2
    assert [one.begun for one in late] == [None, None]


def test_what_comes_alone_is_tried_whatever_the_pace() -> None:
    with scheduler() as made:
        made._agenda._spans[""].note(cost=50.0, span=50.0)
        assert answers(made, work(seconds=20))


def test_who_waits_is_told_when_the_service_stops() -> None:
    one = work()
    with scheduler() as made, busy(made):
        made.submit(one)
        made.close()
        with pytest.raises(EngineOffline):
            one.answer.result(5)


def test_a_stopped_scheduler_takes_no_more() -> None:
    with scheduler() as made:
        made.close()
        with pytest.raises(EngineOffline):
            made.submit(work())


def test_a_lost_device_stops_the_scheduler_and_tells_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(*_: Any) -> None:
        raise torch.AcceleratorError("CUDA error: device-side assert triggered")

    works = [work(), work()]
    with scheduler() as made:
        with busy(made):
            for one in works:
                made.submit(one)
            monkeypatch.setattr(release().detector, "detect_batch", lose)
        for one in works:
            with pytest.raises(EngineOffline):
                one.answer.result(30)
        assert not made.alive()


def poisoned(tmp_path: Path, *photos: str) -> Suspects:
    known = Suspects(tmp_path)
    for photo in photos:
        known._strike(photo)
    return known


def seen_as(photo: str, seed: int) -> Work:
    made = work(seed=seed)
    made.asker = Asker(photo=photo)
    return made


def test_a_step_that_fails_as_nobody_foresaw_answers_its_photos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even the folder of the suspects can be written, say."""
    known = Suspects(tmp_path)

    def full_disk(photo: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(known, "in_hand", full_disk)
    one = work()
    with scheduler(suspects=known) as made:
        made.submit(one)
        assert isinstance(one.answer.exception(20), OSError)


def test_who_has_hung_up_has_no_place_any_more() -> None:
    with scheduler(places=2) as made, busy(made):
        for one in (work(), work()):
            made.submit(one)
            one.answer.cancel()
        made.check_room("", time.monotonic() + 60)
        made.submit(work())


def test_a_scheduler_that_retires_takes_no_more() -> None:
    """Its last stream may be about to end: nobody would answer."""
    with scheduler() as made, busy(made):
        made.retire()
        with pytest.raises(EngineOffline):
            made.submit(work())


def test_photos_that_may_have_stopped_a_process_are_read_one_at_a_time(tmp_path: Path) -> None:
    known = poisoned(tmp_path, "a" * 64, "b" * 64)
    works = [seen_as("a" * 64, 1), seen_as("b" * 64, 2)]
    with scheduler(replace(ONE, photos=8), suspects=known) as made:
        with busy(made):
            for one in works:
                made.submit(one)
        wait([one.answer for one in works], 60)
    assert works[1].begun is not None
    assert works[1].begun >= works[0].stages["embed"][1]


def test_a_suspect_that_is_read_is_no_suspect_any_more(tmp_path: Path) -> None:
    known = poisoned(tmp_path, "a" * 64)
    with scheduler(suspects=known) as made:
        answers(made, seen_as("a" * 64, 1))
        made.call(lambda: None).result(10)  # the step that answered is over
    assert known.strikes("a" * 64) == 0


def test_a_photo_is_in_hand_while_it_is_computed_and_not_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, in_hand = Suspects(tmp_path), []
    real = release().detector.detect_batch

    def detect(images: Any, confidences: Any) -> Any:
        in_hand.append(dict(known._in_hand))
        return real(images, confidences)

    monkeypatch.setattr(release().detector, "detect_batch", detect)
    with scheduler(suspects=known) as made:
        answers(made, seen_as("a" * 64, 1), seen_as("b" * 64, 2))
    assert in_hand == [{"a" * 64: 1}, {"b" * 64: 1}]


def test_the_time_of_a_photo_is_told_by_stage() -> None:
    one = work()
    began = time.monotonic()
    with scheduler() as made:
        (answer,) = answers(made, one)
    took = (time.monotonic() - began) * 1000
    assert set(answer.timings) == {"queue", "detect", "embed"}
    assert 0 < sum(answer.timings.values()) <= took
