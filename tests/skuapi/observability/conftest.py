"""One service that is watched, after requests of every kind."""

from collections.abc import Iterator

import pytest

from tests.skuapi.conftest import OtherEdge
from tests.skuapi.edge import Edge

TOKEN = "t0ken-of-the-monitoring"


@pytest.fixture(scope="package")
def watched(other_edge: OtherEdge) -> Iterator[Edge]:
    with other_edge(METRICS_TOKEN=TOKEN, LOG_FORMAT="json", LOG_LEVEL="INFO") as edge:
        for brand in ("ONE", "TWO"):
            assert edge.predict(brand=brand).status_code == 200
        edge.predict(brand="BROKEN", headers={"X-Request-ID": "broken-1"})
        edge.predict(brand="NOBODY")
        edge.predict("exhausted")
        edge.ask("POST", "/api/v1/predict", None, json={})
        edge.get("/api/v1/status")
        edge.get("/api/v1/no/such/thing")
        yield edge
