"""What is told and kept of a request: its release, its time, its outcome; never a key, wherever it was sent."""

import re
import socket
import sqlite3
import time
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.skuapi.conftest import OtherEdge
from tests.skuapi.roboflow.client import CLASSES, SKUS, TAGS, Client

TOKEN = "whoever-may-read-metrics"


@pytest.fixture(scope="module")
def watched(other_edge: OtherEdge) -> Any:
    """After requests of every kind, with keys wherever they may stand."""
    with other_edge(METRICS_TOKEN=TOKEN) as edge:
        client, key = Client(edge), edge.keys["alpha"]
        client.hosted(headers={"X-Request-ID": "classes-1"})
        client.hosted(TAGS, headers={"X-Request-ID": "tags-1"})
        client.hosted(SKUS, headers={"X-Request-ID": "skus-1"})
        client.infer(image=[client.image] * 2, headers={"X-Request-ID": "list-1"})
        client.hosted("nobodys/7", headers={"X-Request-ID": "nobodys-1"})
        client.infer(model="\ud800/1")
        client.hosted("tiny-broken/1")
        client.hosted("tiny-overflow/1")
        client.hosted(body=b"%%%", confidence="x")
        client.hosted(key="suspended")
        client.models()
        client.post("model/add", {"api_key": key, "model_id": CLASSES})
        client.post("infer/classification", {"api_key": key + "x", "model_id": CLASSES})
        requests.get(f"{edge.url}/roboflow/nowhere?api_key={key}", timeout=30)
        requests.get(f"{edge.url}/nowhere?api_key={key}", timeout=30)
        requests.post(
            f"{edge.url}/roboflow/{CLASSES}?api_key={quote(key)}&image=http://127.0.0.1:1/secret-x.jpg", timeout=30
        )
        requests.get(f"{edge.url}/roboflow/info?api_key={key}", headers={"Host": "evil.example"}, timeout=30)
        for broken in (
            f"GET /roboflow/info?api_key={key}\r\n\r\n",
            f"GET /roboflow/info?api_key={key} HTTP/9.9\r\n\r\n",
        ):
            raw(edge.url, broken)
        time.sleep(2.5)  # until the requests are written down
        yield client


def raw(url: str, text: str) -> None:
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as connection:
        connection.sendall(text.encode())
        connection.recv(1000)


def secrets(client: Client) -> dict[str, str]:
    return {name: key.rsplit("_", 1)[1][:20] for name, key in client.edge.keys.items()}


def test_no_secret_of_any_key_is_in_the_log(watched: Client) -> None:
    log = watched.edge.log
    assert "roboflow_hosted" in log
    assert [name for name, secret in secrets(watched).items() if secret in log] == []


def test_no_secret_of_any_key_is_in_the_database(watched: Client) -> None:
    data = b"".join(path.read_bytes() for path in watched.edge.site.folder.glob("db.sqlite3*"))
    assert b"roboflow_hosted" in data
    assert [name for name, secret in secrets(watched).items() if secret.encode() in data] == []


def metrics(client: Client) -> str:
    return requests.get(f"{client.edge.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30).text


def test_no_key_is_in_a_metric(watched: Client) -> None:
    told = metrics(watched)
    assert "roboflow" in told
    assert [name for name, key in watched.edge.keys.items() if key[9:21] in told] == []


def test_no_answer_repeats_its_key(watched: Client) -> None:
    key = watched.edge.keys["alpha"]
    for path in ("/roboflow/nowhere", "/nowhere", f"/roboflow/{CLASSES}"):
        answer = requests.get(f"{watched.edge.url}{path}?api_key={key}", headers={"Accept": "text/html"}, timeout=30)
        assert key[9:] not in answer.text + str(answer.headers)


def test_neither_image_nor_address_is_in_the_log(watched: Client) -> None:
    assert watched.edge.photo[:60] not in watched.edge.log
    assert "secret-x" not in watched.edge.log


def test_what_clients_choose_is_no_label(watched: Client) -> None:
    assert "nobodys" not in metrics(watched)


@pytest.mark.parametrize(
    "endpoint", ["roboflow_hosted", "roboflow_classification", "roboflow_registry", "roboflow_add"]
)
def test_answers_are_counted_by_endpoint(watched: Client, endpoint: str) -> None:
    assert re.search(rf'sku_responses_total{{code="",endpoint="{endpoint}",status="200"}} [1-9]', metrics(watched))


@pytest.mark.parametrize(
    ("status", "code"),
    [("403", "invalid_api_key"), ("404", "model_not_found"), ("403", "key_suspended"), ("502", "invalid_output")],
)
def test_refusals_are_counted_by_the_codes_of_the_sku_api(watched: Client, status: str, code: str) -> None:
    assert re.search(
        rf'sku_responses_total{{code="{code}",endpoint="roboflow_\w+",status="{status}"}} [1-9]', metrics(watched)
    )


RECORDED = {
    "classes-1": ("roboflow_hosted", 200, "CLASSIFICATION", "tiny-classes", "CLASSIFICATION/tiny-classes@1", 3),
    "list-1": ("roboflow_classification", 200, "CLASSIFICATION", "tiny-classes", "CLASSIFICATION/tiny-classes@1", 6),
    "nobodys-1": ("roboflow_hosted", 404, "", "nobodys/7", "", None),
}


@pytest.mark.parametrize("request_id", RECORDED)
def test_a_request_is_found_by_its_id_with_all_that_support_needs(watched: Client, request_id: str) -> None:
    query = (
        'SELECT endpoint, status, category, brand, "release", facings FROM tenants_requestrecord WHERE request_id = ?'
    )
    with sqlite3.connect(watched.edge.site.folder / "db.sqlite3") as database:
        assert database.execute(query, [request_id]).fetchone() == RECORDED[request_id]


def test_products_on_a_shelf_are_counted(watched: Client) -> None:
    query = "SELECT facings, milliseconds > 0 FROM tenants_requestrecord WHERE request_id = 'skus-1'"
    with sqlite3.connect(watched.edge.site.folder / "db.sqlite3") as database:
        facings, timed = database.execute(query).fetchone()
    assert (facings, timed) == (len(watched.hosted(SKUS).json()["predictions"]), 1)


@pytest.mark.parametrize(("model", "release"), [(CLASSES, "CLASSIFICATION/tiny-classes@1"), (SKUS, "TINY/ONE@1")])
def test_every_answer_names_its_release_and_its_stages(watched: Client, model: str, release: str) -> None:
    headers = watched.hosted(model, headers={"X-Request-ID": "mine-1"}).headers
    assert (headers["X-Model-Release"], headers["X-Request-ID"]) == (release, "mine-1")
    stages = re.findall(r"(\w+);dur=\d", headers["Server-Timing"])
    assert stages == ["decode", "queue", "detect", "embed", "classify", "annotate"]


@pytest.mark.parametrize(
    "name", ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Used", "X-RateLimit-Reset"]
)
def test_every_answer_to_a_known_tenant_has_its_rate(watched: Client, name: str) -> None:
    every = [
        watched.hosted(),
        watched.hosted("nobodys/1"),
        watched.hosted(body=b"%%%"),
        watched.hosted("a/b/c"),
        watched.hosted(format="image"),
        watched.infer(),
        watched.post("model/add", {**watched.key("alpha"), "model_id": CLASSES}),
    ]
    assert [name in answer.headers for answer in every] == [True] * len(every)
