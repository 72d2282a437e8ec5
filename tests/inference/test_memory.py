"""Bytes of releases that come and go."""

from pathlib import Path

import pytest

from inference.loading import LoadedRelease
from inference.memory import Ledger, memory_of
from tests.inference.installed import bundle, loader


@pytest.fixture
def releases(tmp_path: Path) -> list[LoadedRelease]:
    """Two that share their networks, and one with networks of its own."""
    one, two = bundle(tmp_path, "ONE", 1), bundle(tmp_path, "TWO", 2)
    shared = loader(tmp_path)
    return [shared.load(one), shared.load(two), loader(tmp_path).load(one)]


def test_networks_that_releases_share_count_once_and_others_each(releases: list[LoadedRelease]) -> None:
    assert totals(releases, "+0 +1 +2") == [whole(releases[0]), whole(releases[0]) + own(releases[1]), all_of(releases)]


def test_a_shared_network_counts_until_the_last_that_uses_it_goes(releases: list[LoadedRelease]) -> None:
    told = totals(releases, "+0 +1 -0 -1")
    assert told[2:] == [whole(releases[1]), 0]


def test_what_comes_again_counts_as_before(releases: list[LoadedRelease]) -> None:
    told = totals(releases, "+2 -2 +2")
    assert told == [whole(releases[2]), 0, whole(releases[2])]


def totals(releases: list[LoadedRelease], steps: str) -> list[int]:
    """After each step: +1 adds the second release, -1 removes it."""
    ledger, told = Ledger(), []
    for step in steps.split():
        change = ledger.add if step[0] == "+" else ledger.remove
        change(step[1:], releases[int(step[1:])])
        told.append(ledger.total)
    return told


def whole(release: LoadedRelease) -> int:
    return memory_of(release).shared + memory_of(release).own


def own(release: LoadedRelease) -> int:
    return memory_of(release).own


def all_of(releases: list[LoadedRelease]) -> int:
    return whole(releases[0]) + own(releases[1]) + whole(releases[2])
