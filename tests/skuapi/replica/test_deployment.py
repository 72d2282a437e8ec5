"""What a replica says while its engine cannot compute."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from skuapi import engine
from skuapi.backends.local import LocalBackend
from skuapi.wire import replica

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Ray's own
Answering = Callable[[Request], Coroutine[Any, Any, Response]]


class Stopped(LocalBackend):
    """An engine that has lost its device."""

    def warm_up(self) -> None:
        pass

    def not_ready(self) -> str:
        return ""

    def alive(self) -> bool:
        return False


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> Answering:
    from skuapi.replica.deployment import Replica

    monkeypatch.setattr(engine, "backend", Stopped)
    return Replica()


async def nothing() -> Message:
    return {"type": "http.request", "body": b"a photo"}


def test_a_replica_whose_engine_has_stopped_is_none_that_is_ready(stopped: Answering) -> None:
    """Not an error of the engine: those come of photos that were in its hands."""
    asked = Request({"type": "http", "method": "POST", "path": replica.PREDICT, "headers": []}, nothing)
    assert asyncio.run(stopped(asked)).status_code == replica.NONE_READY
