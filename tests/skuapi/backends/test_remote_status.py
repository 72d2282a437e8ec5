"""Whether a web host is ready, as the replicas tell it, or do not come to."""

import pytest

from inference.engine_status import EngineStatus
from inference.manifest import ModelSet
from skuapi.backends import remote
from skuapi.backends.remote import RemoteBackend
from skuapi.wire import replica
from tests.skuapi.backends.scripted_replica import Replica, Script, break_off, hang, plainly, read, says

FULL = plainly(503, "Request dropped due to backpressure (num_queued_requests=64)")
WELL = says(replica.encode_status(EngineStatus("online", "inproc://cuda:0", "bfloat16", 0.1)))


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a status is late soon, and none is kept."""
    for name in ("STATUS_SECONDS", "READY_SECONDS"):
        monkeypatch.setattr(remote, name, 0.2)
    monkeypatch.setattr(remote, "KEPT_SECONDS", -1.0)


def test_status_is_the_replicas_with_the_address_and_the_way_there(
    backend: RemoteBackend, served: type[Replica]
) -> None:
    served.script = [WELL]
    status = backend.status()
    assert (status.state, status.endpoint, status.precision) == ("online", backend.url, "bfloat16")
    assert status.round_trip_ms is not None
    assert status.round_trip_ms > 0.1


@pytest.mark.parametrize(("script", "state"), [(plainly(503), "warming"), (plainly(500), "offline")])
def test_status_without_a_replica_is_no_error(
    backend: RemoteBackend, served: type[Replica], script: Script, state: str
) -> None:
    served.script = [script]
    assert (backend.status().state, backend.not_ready()) == (state, f"The replicas at {backend.url} are {state}.")


def test_replicas_that_can_queue_no_more_leave_the_web_host_ready(
    backend: RemoteBackend, served: type[Replica]
) -> None:
    served.script = [FULL]
    assert (backend.status().state, backend.not_ready()) == ("online", "")


@pytest.mark.usefixtures("hasty")
def test_replicas_that_have_read_a_photo_lately_and_are_late_to_say_how_they_are_leave_the_web_host_ready(
    backend: RemoteBackend, models: ModelSet, served: type[Replica]
) -> None:
    read(backend, models)
    served.script = [hang]
    assert (backend.status().state, backend.not_ready()) == ("online", "")


@pytest.mark.usefixtures("hasty")
def test_replicas_that_were_well_lately_and_are_late_to_say_how_they_are_leave_the_web_host_ready(
    backend: RemoteBackend, served: type[Replica]
) -> None:
    served.script = [WELL]
    backend.status()
    served.script = [hang]
    assert backend.not_ready() == ""


@pytest.mark.usefixtures("hasty")
def test_replicas_that_have_answered_nothing_for_long_are_offline(
    backend: RemoteBackend, models: ModelSet, served: type[Replica], monkeypatch: pytest.MonkeyPatch
) -> None:
    read(backend, models)
    monkeypatch.setattr(remote, "LATELY_SECONDS", 0.0)
    served.script = [hang]
    assert backend.not_ready() == f"The replicas at {backend.url} are offline."


@pytest.mark.usefixtures("hasty")
def test_replicas_that_read_a_photo_lately_and_are_gone_now_are_offline(
    backend: RemoteBackend, models: ModelSet, served: type[Replica]
) -> None:
    read(backend, models)
    served.script = [break_off]
    assert backend.not_ready() == f"The replicas at {backend.url} are offline."


def test_a_status_is_waited_for_longer_than_a_busy_engine_takes_to_say_it() -> None:
    from inference.engine import PING_SECONDS

    assert remote.STATUS_SECONDS > PING_SECONDS
