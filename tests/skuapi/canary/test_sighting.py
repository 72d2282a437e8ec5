"""A photo on its way from the answer to the canary: behind the last byte, and at nobody's cost."""

from types import SimpleNamespace

import pytest

from inference.results import Options
from modelstore.catalogue import Watch
from skuapi.canary import sighting as sightings
from skuapi.canary.sighting import Sighting, WatchedResponse, drawn
from skuapi.canary.watcher import Watcher
from tests.skuapi.canary.conftest import READING, sighting_for
from tests.tiny_release import photo

pytestmark = pytest.mark.django_db  # the end of every response looks after the connection


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> list[Sighting]:
    seen: list[Sighting] = []
    monkeypatch.setattr(sightings, "watcher", lambda: SimpleNamespace(offer=seen.append))
    return seen


def test_a_photo_is_offered_once_the_answer_has_been_sent(offered: list[Sighting]) -> None:
    response = WatchedResponse({})
    response.sighting = seen = sighting_for(1)
    assert offered == []
    response.close()
    response.close()
    assert offered == [seen]


def test_an_answer_that_no_canary_shall_see_is_offered_to_none(offered: list[Sighting]) -> None:
    WatchedResponse({}).close()
    assert offered == []


def test_a_canary_that_fails_harms_no_answer(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> Watcher:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(sightings, "watcher", fail)
    response = WatchedResponse({})
    response.sighting = sighting_for(1)
    response.close()
    assert "a photo was not offered" in caplog.text


@pytest.mark.parametrize(("share", "least", "most"), [(0, 0, 0), (10, 320, 480), (100, 4000, 4000)])
def test_the_share_of_requests_that_are_drawn(share: int, least: int, most: int) -> None:
    """4000 requests; of 10 %, give or take four standard deviations."""
    picked = [drawn(Watch(1, share), photo(8, 8), Options(), READING) for _ in range(4000)]
    assert least <= sum(one is not None for one in picked) <= most
