"""What a replica does while its engine cannot compute: before it is ready, and after its device is lost."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from inference.errors import EngineOffline
from skuapi import engine
from skuapi.backends.local import LocalBackend
from skuapi.wire import replica

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Ray's own
Answering = Callable[[Request], Coroutine[Any, Any, Response]]
LOADING = "Models of PRELOAD are still loading: 1."


class Backend(LocalBackend):
    """looks: how often it is to be asked until it is ready. Computes nothing, so needs no torch."""

    def __init__(self, looks: int = 0, alive: bool = True, starts: bool = True) -> None:
        super().__init__()
        self.looks, self.well, self.starts = looks, alive, starts

    def engine(self) -> Any:
        if not self.starts:
            raise EngineOffline("The service has no device to compute on. Tell the operator.")

    def warm_up(self) -> None:
        pass

    def not_ready(self) -> str:
        self.looks -= 1
        return LOADING if self.looks >= 0 else ""

    def alive(self) -> bool:
        return self.well


Made = Callable[[Backend], Answering]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Made:
    """A replica with that backend."""
    from skuapi.replica import deployment

    monkeypatch.setattr(deployment, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr("django.setup", lambda: None)  # done here; again, it would take the log away from pytest

    def make(backend: Backend) -> Answering:
        monkeypatch.setattr(engine, "backend", lambda: backend)
        return deployment.Replica()

    return make


async def body() -> Message:
    return {"type": "http.request", "body": b"a photo"}


def test_a_replica_counts_as_made_once_it_is_ready(made: Made) -> None:
    backend = Backend(looks=5)
    made(backend)
    assert backend.not_ready() == ""


def test_a_replica_that_loads_for_too_long_serves_what_it_has_and_says_so(
    made: Made, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("skuapi.replica.deployment.LONGEST_START", 0.0)
    made(Backend(looks=10**9))
    assert LOADING in caplog.text


def test_a_replica_whose_engine_cannot_start_is_not_made(made: Made) -> None:
    with pytest.raises(EngineOffline, match="no device"):
        made(Backend(starts=False))


def test_a_replica_whose_engine_stops_while_it_loads_is_left_to_rays_first_look(made: Made) -> None:
    with pytest.raises(RuntimeError, match="stopped"):
        made(Backend(looks=10**9, alive=False)).check_health()  # type: ignore[attr-defined]


def test_a_replica_whose_engine_has_stopped_is_none_that_is_ready(made: Made) -> None:
    """Not an error of the engine: those come of photos that were in its hands."""
    asked = Request({"type": "http", "method": "POST", "path": replica.PREDICT, "headers": []}, body)
    answer = asyncio.run(made(Backend(alive=False))(asked))
    assert answer.status_code == replica.NONE_READY
