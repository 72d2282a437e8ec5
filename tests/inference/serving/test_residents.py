"""What stays in memory: inside a budget, what was used last, and what is pinned."""

import gc
import logging
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from inference.errors import ModelLoading, ReleaseRefused
from inference.loading import LoadedRelease, Loader
from inference.manifest import ModelSet
from inference.memory import memory_of
from inference.serving import residents
from inference.serving.residents import Residents
from tests.inference.installed import loader, models

FITTING = 10


@pytest.fixture(scope="module")
def budget(source: Loader, brands: list[ModelSet]) -> int:
    """Of ten brands that share their networks."""
    return weighed(source.load(brand.manifest) for brand in brands[:FITTING])


def weighed(releases: Iterable[LoadedRelease]) -> int:
    """Bytes of all of them, by every tensor and array there is."""
    held = list(releases)
    networks = {part.network for release in held for part in (release.detector, *release.encoders)}
    shared = sum(tensor.nbytes for network in networks for tensor in (*network.parameters(), *network.buffers()))
    return shared + sum(memory_of(release).own for release in held)


@pytest.fixture
def kept(source: Loader, budget: int) -> Iterator[Residents]:
    made = Residents(source.load, budget)
    yield made
    made.close()


def use(kept: Residents, *brands: ModelSet) -> None:
    for brand in brands:
        with kept.using(brand, 30):
            pass


def names(kept: Residents) -> set[str]:
    return set(kept.sizes())


def named(*brands: ModelSet) -> set[str]:
    return {brand.name for brand in brands}


def test_brands_in_rotation_stay_inside_the_budget(kept: Residents, brands: list[ModelSet], budget: int) -> None:
    most = 0
    for _ in range(3):
        for brand in brands:
            use(kept, brand)
            most = max(most, kept.together())
    assert budget * 0.9 < most <= budget


def test_what_fits_stays(kept: Residents, brands: list[ModelSet]) -> None:
    use(kept, *brands[:FITTING])
    assert (names(kept), kept.evictions) == (named(*brands[:FITTING]), 0)


def test_what_was_not_used_for_longest_goes_first(kept: Residents, brands: list[ModelSet]) -> None:
    use(kept, *brands[:FITTING], brands[0], brands[FITTING])
    assert names(kept) == named(brands[0], *brands[2 : FITTING + 1])


def test_what_went_is_loaded_again_when_somebody_asks(kept: Residents, brands: list[ModelSet]) -> None:
    use(kept, *brands[: FITTING + 1], brands[0])
    assert brands[0].name in names(kept)


def test_a_pinned_release_stays(kept: Residents, brands: list[ModelSet]) -> None:
    use(kept, brands[0])
    kept.pin([brands[0].digest])
    use(kept, *brands[1:])
    assert brands[0].name in names(kept)


def test_a_release_that_is_pinned_no_longer_goes_like_any_other(kept: Residents, brands: list[ModelSet]) -> None:
    use(kept, brands[0])
    kept.pin([brands[0].digest])
    kept.pin([])
    use(kept, *brands[1:])
    assert brands[0].name not in names(kept)


def test_a_release_stays_while_a_photo_of_its_is_read(kept: Residents, brands: list[ModelSet]) -> None:
    with kept.using(brands[0], 30):
        use(kept, *brands[1:])
        assert brands[0].name in names(kept)


def test_networks_that_others_use_stay_when_a_release_goes(
    kept: Residents, brands: list[ModelSet], source: Loader
) -> None:
    with kept.using(brands[0], 30) as release:
        network = release.detector
    del release
    use(kept, *brands[1:])
    with kept.using(brands[-1], 30) as other:
        assert other.detector is network


def test_a_load_waits_for_room_while_everything_is_in_use(kept: Residents, brands: list[ModelSet], budget: int) -> None:
    with ThreadPoolExecutor(FITTING + 1) as pool:
        go_on, held = threading.Event(), threading.Barrier(FITTING + 1)

        def hold(brand: ModelSet) -> None:
            with kept.using(brand, 30):
                held.wait(30)
                go_on.wait(30)

        holding = [pool.submit(hold, brand) for brand in brands[:FITTING]]
        held.wait(30)
        later = pool.submit(use, kept, brands[FITTING])
        with pytest.raises(TimeoutError):
            later.result(0.3)
        go_on.set()
        later.result(30)
        for future in holding:
            future.result(30)
    assert kept.together() <= budget


def test_a_load_for_which_no_room_is_made_in_time_is_told_so(
    source: Loader, brands: list[ModelSet], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(residents, "ROOM_SECONDS", 0.05)
    tight = Residents(source.load, 1)
    with tight.using(brands[0], 30), pytest.raises(ModelLoading, match="no room"), tight.using(brands[1], 30):
        pass


def test_a_release_larger_than_the_budget_is_served_alone(source: Loader, brands: list[ModelSet]) -> None:
    tight = Residents(source.load, 1)
    use(tight, *brands[:3])
    assert names(tight) == named(brands[2])


def test_pins_that_fill_the_budget_keep_nobody_out_and_are_told(
    source: Loader, brands: list[ModelSet], caplog: pytest.LogCaptureFixture
) -> None:
    tight = Residents(source.load, 1)
    use(tight, brands[0])
    tight.pin([brands[0].digest])
    with caplog.at_level(logging.WARNING):
        use(tight, brands[1])
    assert "MODEL_MEMORY_BYTES" in caplog.text


def test_a_refused_release_takes_no_memory(kept: Residents, brands: list[ModelSet]) -> None:
    manifest = replace(brands[0].manifest, head=replace(brands[0].manifest.head, temperature=9.0))
    with pytest.raises(ReleaseRefused), kept.using(models(manifest), 30):
        pass
    assert names(kept) == set()


def test_networks_of_a_refused_release_do_not_stay(store: Path, brands: list[ModelSet], budget: int) -> None:
    own = loader(store)
    refusing = Residents(own.load, budget)
    manifest = replace(brands[0].manifest, head=replace(brands[0].manifest.head, temperature=9.0))
    with pytest.raises(ReleaseRefused), refusing.using(models(manifest), 30):
        pass
    gc.collect()
    assert [*own._detectors._values] == []


def test_sizes_are_those_of_what_is_a_releases_own(kept: Residents, brands: list[ModelSet]) -> None:
    with kept.using(brands[0], 30) as release:
        assert kept.sizes() == {brands[0].name: memory_of(release).own}


def test_the_total_is_that_of_what_is_in_memory_whatever_came_and_went(
    kept: Residents, brands: list[ModelSet], budget: int
) -> None:
    for brand in [*brands, *brands[:3]]:
        use(kept, brand)
        assert kept.together() == weighed(kept._held.values())


def test_nothing_is_weighed_when_sizes_are_asked_for(
    kept: Residents, brands: list[ModelSet], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is done under the lock that every request takes, and of hundreds of releases it takes long."""
    use(kept, *brands[:2])
    monkeypatch.setattr("torch.nn.Module.parameters", weigh_again)
    monkeypatch.setattr("inference.memory._arrays", weigh_again)
    assert kept.together() > sum(kept.sizes().values()) > 0


def weigh_again(*_: object, **__: object) -> None:
    raise AssertionError("weighed again")
