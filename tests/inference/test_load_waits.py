"""How many requests may wait for models that are loading, and for how long they do."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path

import pytest

from inference.asker import Asker
from inference.cache import BackgroundLoads
from inference.errors import ClientGone, ModelLoading
from inference.file_store import FolderStore
from inference.results import Options
from inference.waiting_room import LEAST, places_beside
from tests.inference.installed import bundle, engine, models
from tests.inference.test_cache import Counted
from tests.tiny_release import photo


def test_a_client_that_hangs_up_waits_for_no_load_and_the_load_goes_on() -> None:
    loads, go_on = BackgroundLoads[str](), threading.Event()
    with pytest.raises(ClientGone):
        loads.get("a", lambda: str(go_on.wait(20)), 20, Asker(gone=lambda: True))
    go_on.set()
    assert loads.get("a", Counted(), 20) == "True"


class Crowd:
    """Threads that wait for one load, as askers of these flows."""

    def __init__(self, pool: ThreadPoolExecutor, flows: str, places: int) -> None:
        self.loads, self.go_on = BackgroundLoads[str](places=places), threading.Event()
        self.waiting = [pool.submit(self.ask, flow) for flow in flows]
        end = time.monotonic() + 20
        while self.loads._room._held.total() < len(flows):
            assert time.monotonic() < end, "not all found a place"
            time.sleep(0.01)

    def ask(self, flow: str, key: str = "slow") -> str:
        return self.loads.get(key, lambda: str(self.go_on.wait(20)), 20, Asker(flow))

    def __enter__(self) -> "Crowd":
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self.answers = [future.result(20) for future in self.waiting]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def test_whoever_finds_no_place_to_wait_is_told_at_once(pool: ThreadPoolExecutor) -> None:
    with Crowd(pool, "aabb", places=4) as crowd, pytest.raises(ModelLoading, match="enough"):
        crowd.ask("c")
    assert crowd.answers == ["True"] * 4


def test_one_tenant_takes_half_the_places_at_most(pool: ThreadPoolExecutor) -> None:
    with Crowd(pool, "aa", places=4) as crowd, pytest.raises(ModelLoading, match="enough"):
        crowd.ask("a")


def test_a_tenant_finds_a_place_beside_another_that_has_taken_all_it_may(pool: ThreadPoolExecutor) -> None:
    with Crowd(pool, "aab", places=4) as crowd:
        pass
    assert crowd.answers == ["True"] * 3


def test_nobody_needs_a_place_for_what_is_loaded(pool: ThreadPoolExecutor) -> None:
    with Crowd(pool, "aabb", places=4) as crowd:
        crowd.loads.get("ready", Counted(), 10)
        assert crowd.ask("a", "ready") == "loaded"


def test_the_service_itself_needs_no_place(pool: ThreadPoolExecutor) -> None:
    with Crowd(pool, "aabb", places=4) as crowd:
        assert crowd.loads.get("other", Counted(), 10) == "loaded"


def test_a_place_is_free_again_once_the_load_is_over(pool: ThreadPoolExecutor) -> None:
    with Crowd(pool, "aabb", places=4) as crowd:
        pass
    crowd.loads.forget("slow")
    assert crowd.ask("a") == "True"


def test_a_load_for_which_nobody_may_wait_goes_on_all_the_same() -> None:
    loads, load = BackgroundLoads[str](places=0), Counted()
    with suppress(ModelLoading):
        loads.get("a", load, 10, Asker())
    assert loads.get("a", load, 10) == "loaded"
    assert load.runs == 1


class GatedStore(FolderStore):
    """Whose files can be read once the gate is open."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.gate = threading.Event()

    def read(self, digest: str) -> bytes:
        self.gate.wait(30)
        return super().read(digest)


def test_one_request_too_many_for_a_model_that_loads_is_told_so_before_it_is_there(
    tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    one, store = models(bundle(tmp_path)), GatedStore(tmp_path)
    reading = engine(store, queue_size=LEAST)
    asker, end = Asker("tenant"), time.monotonic() + 60
    asked = [pool.submit(reading.predict, one, photo(), Options(), end, asker) for _ in range(LEAST // 2 + 1)]
    refused, waiting = wait(asked, 30, FIRST_COMPLETED)
    store.gate.set()
    assert [type(future.exception()) for future in refused] == [ModelLoading]
    assert len([future.result(30) for future in waiting]) == LEAST // 2
    reading.close()


def test_a_client_that_hangs_up_while_its_model_loads_is_not_waited_for(tmp_path: Path) -> None:
    one, store = models(bundle(tmp_path)), GatedStore(tmp_path)
    reading = engine(store)
    with pytest.raises(ClientGone):
        reading.predict(one, photo(), Options(), time.monotonic() + 60, Asker(gone=lambda: True))
    store.gate.set()
    reading.close()


def test_a_large_queue_has_more_places_to_wait_beside_it_than_a_small_one() -> None:
    assert [places_beside(size) for size in (1, 64, 256)] == [8, 16, 64]
