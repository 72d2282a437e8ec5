"""The thread behind a canary: what it makes of an engine that has no time, and of a candidate that fails."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError

from inference.errors import DeadlineExceeded, EngineOffline, InvalidOutput, ModelLoading, OutOfMemory, ReleaseRefused
from inference.results import Reading
from modelstore.models import Canary
from skuapi import engine
from skuapi.canary import watcher as watchers
from skuapi.canary.sighting import Sighting
from skuapi.canary.watcher import WAITING, Watcher
from tests.skuapi.canary.conftest import READING


@pytest.fixture
def still() -> Watcher:
    """Its thread never runs: what it does is done step by step."""
    made = Watcher()
    made._thread = SimpleNamespace()  # type: ignore[assignment]
    return made


def answering(monkeypatch: pytest.MonkeyPatch, answer: Reading | Exception) -> list[str]:
    """The engine answers so on its idle time; the names of the releases it was asked for."""
    asked: list[str] = []

    def read(models: Any, *_: Any) -> Reading:
        asked.append(models.name)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(engine.backend(), "read_when_idle", read)
    return asked


def told(canary: Canary) -> tuple[int, int, int]:
    """Photos compared, dropped and failed."""
    canary.refresh_from_db()
    return canary.comparisons.count(), canary.dropped, canary.failed


def test_the_candidate_reads_and_the_difference_is_kept(
    still: Watcher,
    seen: Sighting,
    canary: Canary,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = answering(monkeypatch, READING)
    still._show(seen)
    assert (asked, told(canary), canary.comparisons.get().same) == (["TINY/ONE@3"], (1, 0, 0), 1)


@pytest.mark.parametrize("error", [OutOfMemory(), DeadlineExceeded(), ModelLoading(), EngineOffline()])
def test_a_photo_for_which_there_is_no_time_is_dropped_and_counted(
    still: Watcher,
    seen: Sighting,
    canary: Canary,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    answering(monkeypatch, error)
    still._show(seen)
    still._tell_dropped()
    assert (told(canary), canary.paused) == ((0, 1, 0), "")


def test_a_photo_that_the_candidate_cannot_answer_is_counted_with_the_reason(
    still: Watcher,
    seen: Sighting,
    canary: Canary,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answering(monkeypatch, InvalidOutput("NaN"))
    still._show(seen)
    assert (told(canary), canary.failure, canary.paused) == ((0, 0, 1), "NaN", "")


@pytest.mark.parametrize(
    ("error", "paused", "refusal"),
    [
        (ReleaseRefused("damaged"), "damaged", "damaged"),
        (RuntimeError("no memory"), "It failed on a photo: RuntimeError: no memory", ""),
    ],
)
def test_a_candidate_that_is_refused_or_breaks_is_paused_and_asked_no_more(
    still: Watcher,
    seen: Sighting,
    canary: Canary,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    paused: str,
    refusal: str,
) -> None:
    asked = answering(monkeypatch, error)
    for _ in range(3):
        still._show(seen)
    canary.refresh_from_db()
    assert (len(asked), canary.paused, canary.candidate.refusal) == (1, paused, refusal)


def test_of_many_photos_a_few_wait_and_the_others_are_dropped(still: Watcher, seen: Sighting, canary: Canary) -> None:
    for _ in range(10):
        still.offer(seen)
    still._tell_dropped()
    assert (still._waiting.qsize(), told(canary)) == (WAITING, (0, 10 - WAITING, 0))


def test_dropped_photos_are_told_once_a_second_at_most(still: Watcher, seen: Sighting, canary: Canary) -> None:
    for _ in range(2):
        still._drop(seen)
        still._tell_dropped()
    assert told(canary) == (0, 1, 0)
    still._told_at = 0
    still._tell_dropped()
    assert told(canary) == (0, 2, 0)


def test_a_database_that_is_away_does_not_end_the_thread(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(watchers, "PAUSE_SECONDS", 0)

    def away() -> None:
        raise DatabaseError("away")

    watchers._safely(away)
    assert "a photo was not compared" in caplog.text
