"""What could not be loaded is told to all who ask, is tried again, and costs nothing meanwhile."""

import gc
import time
import traceback
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from inference.cache import BackgroundLoads
from inference.errors import InferenceError, ModelLoading, OutOfMemory, ReleaseRefused, WeightsMissing
from tests.inference.test_cache import REFUSED, Counted, Network


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
