"""What is computed next, and who pays for it."""

import time

import pytest
import torch

from inference.errors import QueueFull
from inference.serving.agenda import Agenda
from inference.serving.runtime import Runtime
from inference.serving.work import Work
from tests.inference.serving.works import located, work

RUNTIME = Runtime(streams=2, threads=1, photos=1, crops=16, idle_crops=4)


def agenda(places: int = 64) -> Agenda:
    return Agenda(RUNTIME, places, lambda work: False)


def test_who_hangs_up_while_a_stream_computes_pays_for_it_all_the_same() -> None:
    made = agenda()
    for flow in ("quits", "quits", "honest"):
        made.queue.put(work(flow))
    (first,) = made.next_photos()
    first.answer.cancel()
    made.sweep()  # of another stream, meanwhile
    made.note_found(first, located().found, seconds=3.0)  # type: ignore[arg-type]
    assert [made.next_photos()[0].flow for _ in range(2)] == ["honest", "quits"]


def test_a_photo_in_the_hands_of_a_stream_keeps_its_place_until_it_lets_go() -> None:
    made = agenda(places=1)
    made.queue.put(work())
    (one,) = made.next_photos()
    one.answer.cancel()
    made.sweep()
    assert made.begun == [one]
    made.note_found(one, RuntimeError("too late"), seconds=1.0)
    assert made.begun == []
    made.check_room("", time.monotonic() + 60)


def test_facings_that_nobody_waits_for_any_longer_are_not_embedded() -> None:
    made = agenda()
    one = located()
    made.queue.put(one)
    made.next_photos()
    (part,) = made.next_parts()
    one.answer.cancel()
    assert made.next_parts() == []
    made.note_embedded(part, None, seconds=1.0)
    assert made.begun == []


def test_what_a_photo_that_failed_showed_is_not_kept_with_its_error() -> None:
    made = agenda()
    made.queue.put(work())
    (one,) = made.next_photos()
    made.note_found(one, RuntimeError("kernel"), seconds=1.0)
    assert one.pixels.numel() == 0


def test_a_photo_that_waits_is_something_for_another_stream() -> None:
    made = agenda()
    assert not made.has_more
    made.queue.put(work())
    assert made.has_more
    made.next_photos()
    assert not made.has_more


def test_facings_that_wait_are_something_for_another_stream() -> None:
    made = agenda()
    made.queue.put(located())
    made.next_photos()
    assert made.has_more
    while made.next_parts():
        pass
    assert not made.has_more


def crowded(made: Agenda, facings: int) -> Work:
    """A shelf of that many facings, which has begun."""
    shelf = work("crowded")
    made.queue.put(shelf)
    made.next_photos()
    made.note_found(shelf, torch.tensor([[1.0, 1, 50, 50, 0.9]]).repeat(facings, 1), seconds=0.1)
    return shelf


def embed(made: Agenda, seconds: float) -> str:
    """One step of a stream: whose facings it took."""
    parts = made.next_parts()
    for part in parts:
        made.note_embedded(part, None, seconds / len(parts))
    return parts[0].work.flow


def test_a_crowded_shelf_does_not_hold_up_the_photo_of_another_tenant() -> None:
    made = agenda()
    crowded(made, 1000)
    made.queue.put(work("other"))
    for _ in range(3):
        embed(made, seconds=1.0)
    (one,) = made.next_photos()
    assert one.flow == "other"
    made.note_found(one, torch.tensor([[1.0, 1, 50, 50, 0.9]]), seconds=0.1)
    assert embed(made, seconds=0.1) == "other"


def test_a_crowded_shelf_is_finished_before_another_of_the_same_tenant_begins() -> None:
    made = agenda()
    crowded(made, 1000)
    made.queue.put(work("crowded"))
    embed(made, seconds=1.0)
    assert made.next_photos() == []


def test_an_ordinary_photo_that_has_begun_is_finished_before_another_tenants_begins() -> None:
    made = agenda()
    crowded(made, 20)
    made.queue.put(work("other"))
    assert made.next_photos() == []


def test_how_long_one_tenants_photos_take_makes_no_other_tenants_late() -> None:
    made = agenda()
    for flow, seconds in (("slow", 50.0), ("quick", 10.0), ("quick", 10.0)):
        made.queue.put(work(flow, seconds=seconds))
    made._note_pace(work("slow"), span=20.0)
    assert made.next_photos()[0].flow == "slow"
    assert made.next_photos()[0].flow == "quick"


def waiting(made: Agenda, flow: str, photos: int) -> None:
    for _ in range(photos):
        made.queue.put(work(flow))


def test_who_would_be_read_too_late_is_told_so_at_once() -> None:
    made = agenda()
    made._note_pace(read_in(seconds=2.0), span=2.0)
    waiting(made, "heavy", 9)
    made.check_room("heavy", time.monotonic() + 13)  # ten photos, two streams, and caution
    with pytest.raises(QueueFull, match="in time"):
        made.check_room("heavy", time.monotonic() + 9)


def test_who_has_few_photos_waiting_is_not_too_late_because_of_those_of_others() -> None:
    made = agenda()
    made._note_pace(read_in(seconds=2.0), span=2.0)
    waiting(made, "heavy", 50)
    made.check_room("light", time.monotonic() + 3)


def test_before_anything_is_known_nobody_is_told_to_come_later() -> None:
    made = agenda()
    waiting(made, "heavy", 50)
    made.check_room("heavy", time.monotonic() + 0.5)


def test_where_nobody_waits_a_slow_photo_is_tried() -> None:
    made = agenda()
    made._note_pace(read_in(seconds=50.0), span=50.0)
    made.check_room("any", time.monotonic() + 5)


def read_in(seconds: float) -> Work:
    done = work()
    done.cost = seconds
    return done
