"""A line with a canary, in the database of one test."""

import pytest

from inference.results import Facing, Options, Reading
from modelstore.models import Canary
from skuapi.canary.sighting import Sighting
from skuapi.photo import Photo
from tests.modelstore.conftest import bundle, canary, line, published, store  # noqa: F401 - fixtures
from tests.tiny_release import SKUS, photo

READING = Reading("TINY/ONE@2", SKUS, (Facing(0, SKUS[0], 0.9, 0.9, (0, 0, 9, 9)),), (320, 240), {"detect": 5.0})


def sighting_for(number: int) -> Sighting:
    """A photo, answered by READING, for the canary of that primary key."""
    return Sighting(number, Photo(b"", "", photo()), Options(), READING, deadline=float("inf"))


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> Sighting:
    watching: Canary = request.getfixturevalue("canary")
    return sighting_for(watching.pk)
