"""One tenant's slow requests leave threads for everybody else."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.skuapi.conftest import OtherEdge
from tests.skuapi.edge import encoded
from tests.skuapi.picture_host import PictureHost
from tests.tiny_release import photo

THREADS = 8
PATH = "/slow/for/all.jpg"
EACH = 6  # three quarters of them


@pytest.fixture
def slow(pictures: PictureHost) -> str:
    return pictures.offer(PATH, encoded(photo()))


def test_a_tenant_that_fetches_from_a_slow_host_keeps_nobody_else_waiting(
    other_edge: OtherEdge, pictures: PictureHost, slow: str
) -> None:
    with other_edge(WEB_THREADS=str(THREADS), QUEUE_SIZE="4") as edge, ThreadPoolExecutor(EACH) as pool:
        edge.predict("beta", det_conf=0.99)  # loads the model
        fetching = [pool.submit(edge.predict, "alpha", image=slow, det_conf=0.99) for _ in range(EACH)]
        while pictures.hits[PATH] < EACH:
            time.sleep(0.01)
        refused = edge.predict("alpha", image=slow, det_conf=0.99)
        assert (refused.status_code, refused.json()["code"], int(refused.headers["Retry-After"]) > 0) == (
            503,
            "queue_full",
            True,
        )
        assert edge.predict("beta", det_conf=0.99).status_code == 200
        assert not any(future.done() for future in fetching)


def test_a_place_is_free_again_once_its_request_is_answered(other_edge: OtherEdge) -> None:
    with other_edge(WEB_THREADS="2", QUEUE_SIZE="1") as edge:
        assert {edge.predict(det_conf=0.99).status_code for _ in range(5)} == {200}
