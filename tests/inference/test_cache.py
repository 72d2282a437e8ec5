"""Loads happen once, beside each other, go on when nobody waits, and fail without consequences."""

import gc
import threading
import time
import traceback
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from inference.cache import BackgroundLoads, SharedParts
from inference.errors import EngineOffline, InferenceError, ModelLoading, OutOfMemory, ReleaseRefused, WeightsMissing


class Counted:
    """A load that counts how often it is run."""

    def __init__(self, seconds: float = 0.0, *failures: Exception) -> None:
        self.runs, self.seconds, self.failures = 0, seconds, list(failures)

    def __call__(self) -> str:
        self.runs += 1
        time.sleep(self.seconds)
        if self.failures:
            raise self.failures.pop(0)
        return "loaded"


REFUSED = ReleaseRefused("damaged")


def test_a_hundred_threads_load_once() -> None:
    loads, load = BackgroundLoads[str](), Counted(0.2)
    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(lambda _: loads.get("a", load, 10), range(100)))
    assert (set(answers), load.runs) == ({"loaded"}, 1)


class Network:
    """What can be shared."""


def test_a_hundred_threads_build_a_shared_part_once() -> None:
    parts, built = SharedParts[Network](), []

    def build() -> Network:
        built.append(1)
        time.sleep(0.2)
        return Network()

    with ThreadPoolExecutor(100) as pool:
        networks = set(pool.map(lambda _: parts.get("a", build), range(100)))
    assert (len(built), len(networks)) == (1, 1)


def test_a_part_being_built_does_not_hold_up_another() -> None:
    parts, begun, go_on = SharedParts[Network](), threading.Event(), threading.Event()

    def slow() -> Network:
        begun.set()
        go_on.wait(10)
        return Network()

    thread = threading.Thread(target=lambda: parts.get("slow", slow))
    thread.start()
    begun.wait(10)
    quick = Network()
    assert parts.get("quick", lambda: quick) is quick
    go_on.set()
    thread.join()


def test_a_part_that_could_not_be_built_is_built_again() -> None:
    parts, network = SharedParts[Network](), Network()

    def fail() -> Network:
        raise REFUSED

    with pytest.raises(ReleaseRefused):
        parts.get("a", fail)
    assert parts.get("a", lambda: network) is network


def test_a_part_that_nobody_uses_any_more_is_not_kept() -> None:
    parts = SharedParts[Network]()
    kept = weakref.ref(parts.get("a", Network))
    gc.collect()
    assert kept() is None


def test_a_part_that_one_of_two_still_uses_is_the_same_for_a_third() -> None:
    parts = SharedParts[Network]()
    first = parts.get("a", Network)
    second = parts.get("a", Network)
    del second
    assert parts.get("a", Network) is first


def test_a_load_longer_than_the_patience_goes_on_and_then_answers() -> None:
    loads, load = BackgroundLoads[str](), Counted(0.3)
    with pytest.raises(ModelLoading):
        loads.get("a", load, 0.02)
    assert loads.get("a", load, 10) == "loaded"
    assert load.runs == 1


def test_a_failure_is_told_to_everybody_who_waits() -> None:
    loads, load = BackgroundLoads[str](), Counted(0.2, REFUSED)

    def attempt(_: int) -> bool:
        with pytest.raises(ReleaseRefused):
            loads.get("a", load, 10)
        return True

    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(attempt, range(20)))
    assert load.runs == 1


def test_a_failure_that_nobody_waited_for_is_told_to_the_next() -> None:
    """Else a load slower than the patience would be repeated for ever, and its reason never known."""
    loads, load = BackgroundLoads[str](), Counted(0.1, REFUSED)
    with pytest.raises(ModelLoading):
        loads.get("a", load, 0.01)
    time.sleep(0.3)
    with pytest.raises(ReleaseRefused):
        loads.get("a", load, 10)
    assert load.runs == 1


def test_a_failure_does_not_cost_every_request_a_load() -> None:
    loads, load = BackgroundLoads[str](memory=60), Counted(0, *[REFUSED] * 9)
    for _ in range(5):
        with pytest.raises(ReleaseRefused):
            loads.get("a", load, 10)
    assert load.runs == 1


def test_a_failure_is_forgotten_so_that_a_repaired_release_loads() -> None:
    loads, load = BackgroundLoads[str](memory=0.05), Counted(0, REFUSED)
    with pytest.raises(ReleaseRefused):
        loads.get("a", load, 10)
    time.sleep(0.1)
    assert loads.get("a", load, 10) == "loaded"


def test_what_a_failed_load_had_built_is_not_kept() -> None:
    loads, built = BackgroundLoads[str](memory=60), list[weakref.ref[Network]]()

    def load() -> str:
        network = Network()
        built.append(weakref.ref(network))
        return misfit(network)

    with pytest.raises(ReleaseRefused):
        loads.get("a", load, 10)
    gc.collect()
    assert built[0]() is None


def misfit(network: Network) -> str:
    """As loading does: the reason is the cause of the refusal."""
    try:
        raise ValueError(f"no weights for {network}")
    except ValueError as error:
        raise ReleaseRefused("damaged") from error


def test_what_somebody_held_who_was_told_of_a_failure_is_not_kept() -> None:
    loads, load = BackgroundLoads[str](memory=60), Counted(0, ReleaseRefused("damaged"))
    held = list[weakref.ref[Network]]()

    def ask() -> None:
        photo = Network()
        held.append(weakref.ref(photo))
        loads.get("a", load, 10)

    for _ in range(2):
        with pytest.raises(ReleaseRefused):
            ask()
    gc.collect()
    assert [photo() for photo in held] == [None, None]


def test_why_a_load_failed_can_still_be_traced() -> None:
    with pytest.raises(ReleaseRefused) as told:
        BackgroundLoads[str]().get("a", lambda: misfit(Network()), 10)
    assert "misfit" in "".join(traceback.format_exception(told.value))


class Clock:
    """Moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_release_that_is_refused_again_and_again_is_tried_less_and_less_often() -> None:
    clock, load = Clock(), Counted(0, *[REFUSED] * 99)
    loads = BackgroundLoads[str](memory=5, longest=60, clock=clock)
    assert times_of_loads(loads, load, clock, 200) == [0, 5, 15, 35, 75, 135, 195]


@pytest.mark.parametrize("failure", [WeightsMissing("not there"), OutOfMemory("none left"), ValueError("unforeseen")])
def test_what_may_be_over_at_any_moment_is_tried_again_soon(failure: Exception) -> None:
    clock, load = Clock(), Counted(0, *[failure] * 99)
    loads = BackgroundLoads[str](memory=5, longest=60, clock=clock)
    assert times_of_loads(loads, load, clock, 20) == [0, 5, 10, 15]


def test_a_release_that_was_sound_in_between_is_tried_again_soon() -> None:
    clock, load = Clock(), Counted(0, REFUSED, REFUSED)
    loads = BackgroundLoads[str](memory=5, longest=60, clock=clock)
    times_of_loads(loads, load, clock, 20)
    loads.forget("a")
    load.failures = [REFUSED] * 2
    assert times_of_loads(loads, load, clock, 10) == [20, 25]


def times_of_loads(loads: BackgroundLoads[str], load: Counted, clock: Clock, seconds: int) -> list[float]:
    """When it was loaded, asked for once a second."""
    times = []
    for _ in range(seconds):
        before = load.runs
        with suppress(InferenceError, ValueError):
            loads.get("a", load, 10)
        if load.runs > before:
            times.append(clock.now)
        clock.now += 1
    return times


def test_a_load_that_fails_at_once_stops_nobody() -> None:
    loads = BackgroundLoads[str](memory=0)
    for turn in range(200):
        with pytest.raises(ReleaseRefused):
            loads.get(str(turn % 3), Counted(0, REFUSED), 10)


def test_a_timeout_inside_a_load_is_no_patience_at_its_end() -> None:
    with pytest.raises(TimeoutError, match="disk"):
        BackgroundLoads[str]().get("a", Counted(0, TimeoutError("disk")), 10)


def test_what_failed_is_not_resident() -> None:
    loads = BackgroundLoads[str]()
    loads.get("good", Counted(), 10)
    with pytest.raises(ReleaseRefused):
        loads.get("bad", Counted(0, REFUSED), 10)
    assert (loads.resident(), loads.loading()) == (["good"], False)


def test_what_is_forgotten_is_loaded_again() -> None:
    loads, load = BackgroundLoads[str](), Counted()
    loads.get("a", load, 10)
    loads.forget("a")
    loads.get("a", load, 10)
    assert load.runs == 2


def test_a_closed_cache_says_that_the_service_stops() -> None:
    loads = BackgroundLoads[str]()
    loads.close()
    with pytest.raises(EngineOffline):
        loads.get("a", Counted(), 10)


def test_who_waits_for_a_load_that_will_never_begin_is_told_that_the_service_stops() -> None:
    loads, go_on = BackgroundLoads[str](threads=1), threading.Event()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(loads.get, "first", lambda: str(go_on.wait(20)), 20)
        until_asked_for(loads, "first")
        second = pool.submit(loads.get, "second", Counted(), 20)
        until_asked_for(loads, "second")
        loads.close()
        try:
            with pytest.raises(EngineOffline):
                second.result(10)
        finally:
            go_on.set()
        assert first.result(20) == "True"


def until_asked_for(loads: BackgroundLoads[str], key: str) -> None:
    end = time.monotonic() + 20
    while key not in loads._loads:
        assert time.monotonic() < end, "nobody asked"
        time.sleep(0.01)
