"""What is computed next, and who pays for it."""

from inference.serving.agenda import Agenda
from inference.serving.runtime import Runtime
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
    made.queue.check_room("")


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
