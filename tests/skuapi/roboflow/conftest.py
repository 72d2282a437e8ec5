import pytest

from tests.skuapi.edge import Edge
from tests.skuapi.roboflow.client import Client


@pytest.fixture(scope="session")
def client(edge: Edge) -> Client:
    return Client(edge)
