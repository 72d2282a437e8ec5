"""The whole way through Ray: web processes without torch, two replicas, and what clients see when these die."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psutil
import pytest
import requests

from tests.live_server import ROOT, Site, free_port, serving
from tests.skuapi.edge import Edge, copy_of

pytestmark = pytest.mark.audit
CLIENTS = 8
PHOTOS = 120


@contextmanager
def replicas(site: Site, port: int, count: int) -> Iterator["subprocess.Popen[str]"]:
    """A Ray cluster of this machine with so many replicas, which end with it."""
    command = ["manage.py", "serve_on_ray", "--replicas", str(count), str(count), "--port", str(port)]
    log = (site.folder / "ray.log").open("w")
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=site.environment, stdout=subprocess.PIPE, stderr=log, text=True
    )
    assert process.stdout
    try:
        told = next((line for line in process.stdout if "serving at" in line), None)
        assert told, (site.folder / "ray.log").read_text()[-3000:]
        yield process
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="module")
def on_ray(
    populated: tuple[Site, dict[str, str]], photo: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Edge]:
    site, keys = populated
    port = free_port()
    copy = copy_of(site, tmp_path_factory.mktemp("ray"), ENGINE_URL=f"http://127.0.0.1:{port}")
    with replicas(copy, port, 2):
        web = Site(copy.folder, {**copy.settings, "INFERENCE_BACKEND": "ray"})
        with serving(web) as url:
            yield Edge(url, web, keys, photo)


def replica_processes() -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if "ServeReplica" in " ".join(_command(process))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _environment(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except psutil.Error:
        return {}


def test_an_answer_is_that_of_the_engine_in_one_process(on_ray: Edge, edge: Edge) -> None:
    assert on_ray.predict(sku_conf=0.9).json() == edge.predict(sku_conf=0.9).json()


def test_the_web_process_has_no_torch(on_ray: Edge) -> None:
    assert on_ray.predict().status_code == 200
    port = on_ray.url.rsplit(":", 1)[1]
    workers = [process for process in psutil.process_iter() if _environment(process).get("PORT") == port]
    maps = [mapped.path for worker in workers for mapped in worker.memory_maps()]
    assert maps
    assert not [path for path in maps if "libtorch" in path]


@pytest.mark.parametrize(
    ("brand", "status", "code"), [("OVERFLOW", 502, "invalid_output"), ("BROKEN", 503, "model_refused")]
)
def test_what_a_replica_refuses_is_what_the_client_is_told(on_ray: Edge, brand: str, status: int, code: str) -> None:
    response = on_ray.predict(brand=brand)
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_the_release_before_a_damaged_one_answers_here_as_well(on_ray: Edge) -> None:
    assert on_ray.predict(brand="MENDED", det_conf=0.99).headers["X-Model-Release"] == "TINY/MENDED@1"


def test_a_tenants_deadline_travels_with_its_photo(on_ray: Edge) -> None:
    response = on_ray.predict("hasty")
    assert (response.status_code, response.json()["code"]) == (504, "deadline_exceeded")


def test_status_and_readiness_are_those_of_the_replicas(on_ray: Edge) -> None:
    body = on_ray.get("/api/v1/status").json()
    assert (body["gpu_status"], body["gpu_endpoint"]) == ("online", on_ray.site.settings["ENGINE_URL"])
    assert on_ray.get("/readyz", key=None).status_code == 200


def test_killing_a_replica_under_load_loses_no_request(on_ray: Edge) -> None:
    before = on_ray.used("beta")
    with ThreadPoolExecutor(CLIENTS) as clients:
        asked = [clients.submit(on_ray.predict, "beta") for _ in range(PHOTOS)]
        while sum(future.done() for future in asked) < PHOTOS // 4:
            time.sleep(0.02)
        victim = replica_processes()[0]
        victim.kill()
        statuses = Counter(future.result().status_code for future in asked)
    assert statuses == {200: PHOTOS}
    assert on_ray.used("beta") == before + PHOTOS


def test_a_replica_that_died_is_replaced(on_ray: Edge) -> None:
    end = time.monotonic() + 90
    while len(replica_processes()) < 2:
        assert time.monotonic() < end
        time.sleep(0.5)


def test_without_any_replica_a_prediction_is_a_503_that_costs_nothing(on_ray: Edge, photo: str) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    web = Site(on_ray.site.folder, {**on_ray.site.settings, "ENGINE_URL": nowhere, "LOAD_WAIT": "1"})
    with serving(web) as url:
        edge = Edge(url, web, on_ray.keys, photo)
        before = edge.used("beta")
        response = edge.predict("beta")
        assert (response.status_code, response.json()["code"]) == (503, "engine_offline")
        assert edge.used("beta") == before
        assert requests.get(f"{url}/readyz", timeout=20).status_code == 503
        assert edge.get("/api/v1/status").json()["gpu_status"] == "offline"
