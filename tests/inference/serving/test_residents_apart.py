"""Releases that share nothing stay inside the budget, too: while they load, and once nobody uses them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from inference.loading import LoadedRelease, Loader
from inference.manifest import Manifest, ModelSet
from inference.serving.residents import Residents
from tests.inference.serving.test_residents import named, names, use


class Unshared:
    """A loader of releases that have nothing in common: each holds `size` bytes, in two parts."""

    def __init__(self, source: Loader, size: int) -> None:
        self.source, self.size = source, size
        self.built: list[str] = []

    def __call__(self, manifest: Manifest, room: Callable[[int], None]) -> LoadedRelease:
        room(self.size // 2)
        room(self.size // 2)
        self.built.append(manifest.brand)
        release = self.source.load(manifest)
        head = replace(release.head, bias=np.zeros(self.size // 4, np.float32), weight=np.zeros((0, 0), np.float32))
        return LoadedRelease(EMPTY, (), (), head)


EMPTY = SimpleNamespace(network=torch.nn.Identity())
MIB = 1 << 20


def test_releases_that_share_nothing_stay_inside_the_budget_while_they_load(
    source: Loader, brands: list[ModelSet]
) -> None:
    kept = Residents(Unshared(source, 4 * MIB), 10 * MIB)
    for brand in brands[:6]:
        use(kept, brand)
        assert kept.together() <= 10 * MIB
    assert names(kept) == named(*brands[4:6])


def test_as_many_go_as_one_that_is_larger_needs(source: Loader, brands: list[ModelSet]) -> None:
    load = Unshared(source, 2 * MIB)
    kept = Residents(load, 10 * MIB)
    use(kept, *brands[:5])
    load.size = 7 * MIB
    use(kept, brands[5])
    assert names(kept) == named(brands[4], brands[5])


def test_a_load_waits_for_what_is_in_use_instead_of_going_over_the_budget(
    source: Loader, brands: list[ModelSet]
) -> None:
    load = Unshared(source, 4 * MIB)
    kept = Residents(load, 10 * MIB)
    with ThreadPoolExecutor(1) as pool:
        with kept.using(brands[0], 30), kept.using(brands[1], 30):
            later = pool.submit(use, kept, brands[2])
            with pytest.raises(TimeoutError):
                later.result(0.3)
            assert kept.together() <= 10 * MIB
        later.result(30)
    assert kept.together() <= 10 * MIB


def test_two_loads_at_once_are_counted_together(source: Loader, brands: list[ModelSet]) -> None:
    kept = Residents(Unshared(source, 6 * MIB), 10 * MIB)
    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(use, kept, brand) for brand in brands[:2]]:
            future.result(30)
    assert kept.together() <= 10 * MIB


def test_what_was_loaded_for_somebody_who_has_left_is_there_for_the_next(
    source: Loader, brands: list[ModelSet]
) -> None:
    load = Unshared(source, 4 * MIB)
    kept = Residents(load, 10 * MIB)
    use(kept, *brands[:2])
    kept.pin([brand.digest for brand in brands[:2]])
    use(kept, brands[2])
    use(kept, brands[2])
    assert load.built.count(brands[2].manifest.brand) == 1


def test_more_than_the_budget_does_not_stay_once_nobody_uses_it(source: Loader, brands: list[ModelSet]) -> None:
    load = Unshared(source, 4 * MIB)
    kept = Residents(load, 10 * MIB)
    use(kept, *brands[:2])
    kept.pin([brand.digest for brand in brands[:2]])
    use(kept, brands[2])
    kept.pin([])
    use(kept, brands[0])
    assert kept.together() <= 10 * MIB
