"""The same service on PostgreSQL, where connections are few and shared, and text cannot hold everything."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.live_server import Site, serving
from tests.skuapi.conftest import populate
from tests.skuapi.edge import Edge, encoded
from tests.skuapi.picture_host import SLOW_SECONDS, PictureHost
from tests.tenants.conftest import postgres_database
from tests.tiny_release import photo as tiny_photo

POOL = 16  # connections of the service, as in skuapi/settings/framework.py


@pytest.fixture(scope="module")
def pooled(
    tiny_bundle: Path, pictures: PictureHost, photo: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Edge]:
    database = postgres_database()
    settings = {"DATABASE_URL": next(database), "FETCH_ALLOWED_HOSTS": pictures.authority, "DEVICE": "cpu"}
    site = Site(tmp_path_factory.mktemp("pooled"), settings)
    site.manage("migrate", "--verbosity", "0")
    keys = populate(site, [tiny_bundle])
    with serving(site) as url:
        edge = Edge(url, site, keys, photo)
        assert edge.predict().status_code == 200
        yield edge
    next(database, None)


@pytest.mark.parametrize("field", ["category", "brand"])
def test_a_name_with_a_nul_is_a_404_like_any_other_name_of_no_model(pooled: Edge, field: str) -> None:
    response = pooled.predict(**{field: "ONE\x00"})
    assert (response.status_code, response.json()["code"]) == (404, "model_not_found")


def test_five_units_are_granted_exactly_five_times(pooled: Edge) -> None:
    with ThreadPoolExecutor(24) as clients:
        answers = clients.map(lambda _: pooled.predict("five", det_conf=0.99).status_code, range(24))
        assert Counter(answers) == {200: 5, 429: 19}


def test_requests_that_wait_for_a_picture_hold_no_connection(pooled: Edge, pictures: PictureHost) -> None:
    url = pictures.offer("/slow/shelf.jpg", encoded(tiny_photo()))
    with ThreadPoolExecutor(POOL + 4) as clients:
        waiting = [clients.submit(pooled.predict, image=url, det_conf=0.99) for _ in range(POOL + 4)]
        while pictures.hits["/slow/shelf.jpg"] < POOL:
            time.sleep(0.01)
            assert not any(future.done() for future in waiting), "a picture came before all had asked for it"
        start = time.monotonic()
        assert pooled.get("/api/v1/models", "beta").status_code == 200
        assert time.monotonic() - start < SLOW_SECONDS / 2
        assert Counter(future.result().status_code for future in waiting) == {200: POOL + 4}
