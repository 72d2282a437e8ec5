"""Loads happen once, beside each other, go on when nobody waits, and fail without consequences."""

import gc
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from inference.cache import BackgroundLoads, SharedParts
from inference.errors import (
    EngineOffline,
    ModelLoading,
    ReleaseRefused,
)


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
