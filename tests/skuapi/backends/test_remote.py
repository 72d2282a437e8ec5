"""What comes of a photo when replicas, and what lies between, answer well, badly, late or not at all."""

import time

import pytest

from inference import errors
from inference.asker import Asker
from inference.image_errors import ImageRefused
from inference.manifest import ModelSet
from inference.results import Classification, Options
from skuapi.backends.remote import RemoteBackend
from skuapi.wire import replica
from tests.live_server import free_port
from tests.skuapi.backends.scripted_replica import (
    GOOD,
    PHOTO,
    READING,
    Replica,
    Script,
    break_off,
    break_off_in_the_middle,
    close_politely,
    hang,
    plainly,
    read,
    says,
)

CLASSIFICATION = Classification("CLASSIFICATION/DAMAGE@2", ("dent", "Ä"), (0.75, 0.5), (320, 240), {"embed": 1.5})


def patient(served: type[Replica]) -> RemoteBackend:
    return RemoteBackend(f"http://127.0.0.1:{served.port}", patience=10)  # type: ignore[attr-defined]


def test_a_reading_arrives_as_it_was(backend: RemoteBackend, models: ModelSet) -> None:
    assert read(backend, models) == READING


def test_a_replica_is_told_everything_it_needs(backend: RemoteBackend, models: ModelSet, served: type[Replica]) -> None:
    read(backend, models, 10, Asker("tenant 7"))
    ((ask, data),) = served.asked
    assert (ask.mode, ask.release, ask.digest, ask.flow) == ("shelf", models.name, models.digest, "tenant 7")
    assert (ask.options, data) == (Options(0.4, 0.3), PHOTO.data)
    assert 9 < ask.seconds <= 10


@pytest.mark.parametrize(("mode", "call"), [("product", "read_product"), ("idle", "read_when_idle")])
def test_other_ways_to_read_are_named(
    backend: RemoteBackend, models: ModelSet, served: type[Replica], mode: str, call: str
) -> None:
    options = [Options()] if mode == "idle" else []
    getattr(backend, call)(models, PHOTO, *options, time.monotonic() + 10)
    assert served.asked[0][0].mode == mode


def test_a_classification_arrives_as_it_was(backend: RemoteBackend, models: ModelSet, served: type[Replica]) -> None:
    served.script = [says(replica.encode_answer(CLASSIFICATION))]
    answer = backend.classify(models, PHOTO, time.monotonic() + 10, Asker("tenant 7"))
    ((ask, _),) = served.asked
    assert (answer, ask.mode, ask.flow) == (CLASSIFICATION, "classify", "tenant 7")


def test_connections_are_kept(backend: RemoteBackend, models: ModelSet, served: type[Replica]) -> None:
    for _ in range(5):
        read(backend, models)
    assert len(served.connections) == 1


@pytest.mark.parametrize(
    "error",
    [
        errors.ReleaseRefused("damaged"),
        errors.ModelLoading("loading"),
        errors.QueueFull("full"),
        errors.DeadlineExceeded("late"),
        errors.OutOfMemory("large"),
        errors.InvalidOutput("NaN"),
        ImageRefused("twice"),
    ],
)
def test_what_a_replica_raises_is_raised_here_and_asked_once(
    backend: RemoteBackend, models: ModelSet, served: type[Replica], error: Exception
) -> None:
    served.script = [says(replica.encode_failure(error))]
    with pytest.raises(type(error), match=str(error)):
        read(backend, models)
    assert len(served.asked) == 1


def test_an_error_that_nobody_foresaw_in_a_replica_is_an_error_here(
    backend: RemoteBackend, models: ModelSet, served: type[Replica]
) -> None:
    served.script = [says(replica.encode_failure(KeyError("x")))]
    with pytest.raises(replica.ReplicaFailed):
        read(backend, models)


@pytest.mark.parametrize(
    "failing",
    [
        break_off,
        break_off_in_the_middle,
        close_politely,
        plainly(500, "The actor died"),
        plainly(503),
        plainly(404, "Path '/predict' not found."),
        plainly(408),
        says(replica.encode_failure(errors.EngineOffline("lost"))),
    ],
)
def test_what_dies_on_the_way_is_asked_again(
    backend: RemoteBackend, models: ModelSet, served: type[Replica], failing: Script
) -> None:
    served.script = [failing, failing, GOOD]
    assert read(backend, models) == READING
    assert len(served.asked) == 3


@pytest.mark.parametrize(
    ("failing", "error"),
    [
        (break_off, errors.InvalidOutput),
        (plainly(500, "The actor died"), errors.InvalidOutput),
        (says(replica.encode_failure(errors.EngineOffline("lost"))), errors.EngineOffline),
    ],
)
def test_a_photo_that_stops_whoever_reads_it_stops_three_replicas_at_most(
    served: type[Replica], models: ModelSet, failing: Script, error: type[Exception]
) -> None:
    served.script = [failing]
    with pytest.raises(error):
        read(patient(served), models)
    assert len(served.asked) == 3


@pytest.mark.parametrize("none_ready", [plainly(503), plainly(404, "Path '/predict' not found.")])
def test_what_no_replica_has_in_hand_is_asked_as_often_as_it_takes(
    served: type[Replica], models: ModelSet, none_ready: Script
) -> None:
    served.script = [none_ready, none_ready, none_ready, none_ready, GOOD]
    assert read(patient(served), models) == READING


def test_ray_without_an_application_is_no_replica_ready(
    backend: RemoteBackend, models: ModelSet, served: type[Replica]
) -> None:
    served.script = [plainly(404, "Path '/predict' not found.")]
    with pytest.raises(errors.EngineOffline):
        read(backend, models, seconds=1)


def test_a_replica_that_dies_until_the_deadline_is_a_bad_gateway(
    backend: RemoteBackend, models: ModelSet, served: type[Replica]
) -> None:
    served.script = [break_off]
    with pytest.raises(errors.InvalidOutput, match="stopped"):
        read(backend, models, seconds=0.1)


def test_patience_begins_when_nobody_is_there(served: type[Replica], models: ModelSet) -> None:
    """A replica that dies after a long time leaves as much of it for others to start as one that dies at once."""
    served.script = [hang, plainly(503), plainly(503), GOOD]
    backend = RemoteBackend(f"http://127.0.0.1:{served.port}", patience=1.0)  # type: ignore[attr-defined]
    assert read(backend, models) == READING


def test_a_photo_that_stops_every_replica_is_condemned(served: type[Replica], models: ModelSet) -> None:
    served.script, condemned = [break_off], list[str]()
    backend = RemoteBackend(f"http://127.0.0.1:{served.port}", 10, condemned.append)  # type: ignore[attr-defined]
    with pytest.raises(errors.InvalidOutput):
        read(backend, models)
    assert condemned == [PHOTO.digest]


def test_one_that_another_replica_answers_is_not(served: type[Replica], models: ModelSet) -> None:
    served.script, condemned = [break_off, break_off, GOOD], list[str]()
    backend = RemoteBackend(f"http://127.0.0.1:{served.port}", 10, condemned.append)  # type: ignore[attr-defined]
    assert (read(backend, models), condemned) == (READING, [])


@pytest.mark.parametrize(("waited", "left"), [(4.0, 6.0), (-3.0, 10.0), (500.0, 10.0)])
def test_seconds_on_the_way_count_unless_the_clocks_differ(waited: float, left: float) -> None:
    ask = replica.Ask("shelf", "A/B@1", "0" * 64, 10.0, 0.5, 0.5, sent=1000.0)
    assert ask.seconds_left(1000.0 + waited) == left


def test_with_none_ready_the_wait_is_no_longer_than_the_patience(models: ModelSet) -> None:
    began = time.monotonic()
    with pytest.raises(errors.EngineOffline):
        read(RemoteBackend(f"http://127.0.0.1:{free_port()}", patience=0.3), models)
    assert time.monotonic() - began < 5


def test_replicas_that_can_queue_no_more_are_a_full_queue_at_once(
    backend: RemoteBackend, models: ModelSet, served: type[Replica]
) -> None:
    served.script = [plainly(503, "Request dropped due to backpressure (num_queued_requests=64)")]
    with pytest.raises(errors.QueueFull):
        read(backend, models)
    assert len(served.asked) == 1


def test_what_is_not_answered_in_time_is_too_late(
    backend: RemoteBackend, models: ModelSet, served: type[Replica]
) -> None:
    served.script = [hang]
    with pytest.raises(errors.DeadlineExceeded):
        read(backend, models, seconds=0.3)


def test_who_has_hung_up_is_waited_for_no_longer(
    backend: RemoteBackend, models: ModelSet, served: type[Replica]
) -> None:
    served.script = [hang]
    with pytest.raises(errors.ClientGone):
        read(backend, models, 10, Asker(gone=lambda: True))
