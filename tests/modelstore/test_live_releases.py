"""Releases under a running server: what is activated, damaged or rolled back shows on the next request."""

import base64
import io
import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests import tiny_release
from tests.live_server import Site, install, serving

STAFF = "from django.contrib.auth.models import User; User.objects.create_superuser('boss', password='pw')"


@dataclass(frozen=True)
class Shop:
    """A server with ROLL@2 and FALL@2 active above an earlier release each, and LONE@1 alone."""

    url: str
    site: Site
    key: str

    def ask(self, brand: str) -> requests.Response:
        body = {"image": photo(), "category": "TINY", "brand": brand, "return_annotated": False}
        return requests.post(f"{self.url}/api/v1/predict", json=body, headers={"X-API-Key": self.key}, timeout=60)

    def status_of(self, release: str) -> dict[str, Any]:
        listed = self.site.manage_json("list_releases")["releases"]
        return next(row for row in listed if row["release"] == release)


def photo() -> str:
    buffer = io.BytesIO()
    tiny_release.photo().save(buffer, "JPEG")
    return base64.b64encode(buffer.getvalue()).decode()


def damage_head(site: Site, folder: Path) -> None:
    digest = json.loads((folder / "manifest.json").read_text())["head"]["weights"]
    (site.folder / "models" / digest[:2] / f"{digest}.safetensors").write_bytes(b"damaged")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    bundles = tmp_path_factory.mktemp("bundles")
    releases = [("ROLL", 1), ("ROLL", 2), ("FALL", 3), ("FALL", 4), ("LONE", 5)]  # equal seeds would share a file
    folders = {brand: bundles / f"{brand}{seed}" for brand, seed in releases}  # the later one of each
    for brand, seed in releases:
        tiny_release.write(bundles / f"{brand}{seed}", brand, seed)
    in_order = [bundles / f"{brand}{seed}" for brand, seed in releases]
    site = install(tmp_path_factory.mktemp("site"), *in_order, DEVICE="cpu", PRECISION="float32")
    site.manage("create_tenant", "Alpha", "--quota", "100000")
    key = site.manage_json("issue_key", "alpha")["key"]
    damage_head(site, folders["FALL"])
    damage_head(site, folders["LONE"])
    with serving(site) as url:
        yield Shop(url, site, key)


def test_a_damaged_release_gives_way_to_the_one_before_and_the_answer_says_so(shop: Shop) -> None:
    response = shop.ask("FALL")
    assert (response.status_code, response.headers["X-Model-Release"]) == (200, "TINY/FALL@1")


def test_the_reason_is_noted_where_staff_see_it(shop: Shop) -> None:
    shop.ask("FALL")
    row = shop.status_of("TINY/FALL@2")
    assert row["status"] == "active"
    assert "is damaged" in row["refusal"]


def test_a_damaged_release_without_an_earlier_one_is_a_503_with_a_sentence(shop: Shop) -> None:
    response = shop.ask("LONE")
    assert (response.status_code, response.json()["code"]) == (503, "model_refused")
    assert "is damaged" in response.json()["error"]
    assert int(response.headers["Retry-After"]) > 0


def test_a_refused_prediction_costs_nothing(shop: Shop) -> None:
    before = shop.ask("ROLL").headers["X-RateLimit-Used"]
    assert shop.ask("LONE").headers["X-RateLimit-Used"] == before


def test_rolling_back_shows_on_the_next_request(shop: Shop) -> None:
    assert shop.ask("ROLL").headers["X-Model-Release"] == "TINY/ROLL@2"
    assert shop.site.manage_json("rollback_release", "TINY/ROLL")["release"] == "TINY/ROLL@1"
    assert shop.ask("roll").headers["X-Model-Release"] == "TINY/ROLL@1"


def staff_of(shop: Shop) -> requests.Session:
    shop.site.manage("shell", "-c", STAFF)
    session, login = requests.Session(), f"{shop.url}/admin/login/"
    session.get(login)
    session.post(login, {"username": "boss", "password": "pw", "csrfmiddlewaretoken": session.cookies["csrftoken"]})
    return session


def press_rollback(session: requests.Session, shop: Shop) -> str:
    """The button on the page of TINY/ROLL, with what stands in the form of its question; the page afterwards."""
    lines = session.get(f"{shop.url}/admin/modelstore/modelline/?q=ROLL").text
    page = session.get(shop.url + re.findall(r'href="(/admin/modelstore/modelline/\d+/change/)', lines)[0]).text
    (address,) = re.findall(r'href="([^"]+/rollback/)"', page)
    asked = session.get(shop.url + address).text
    question = asked[asked.index('id="content-main"') :]
    hidden = dict(re.findall(r'name="(csrfmiddlewaretoken|leaving)" value="([^"]+)"', question))
    return session.post(shop.url + address, hidden, timeout=60).text


def test_rolling_back_by_the_button_under_load_fails_no_request(shop: Shop) -> None:
    """Whoever asks after the page is there is answered by the release that it names."""
    staff, before = staff_of(shop), shop.ask("ROLL").headers["X-Model-Release"]
    over = threading.Event()

    def customer() -> list[int]:
        statuses = [shop.ask("ROLL").status_code]
        while not over.is_set():
            statuses.append(shop.ask("ROLL").status_code)
        return statuses

    with ThreadPoolExecutor(4) as pool:
        customers = [pool.submit(customer) for _ in range(4)]
        try:
            page = press_rollback(staff, shop)
            after = shop.ask("ROLL").headers["X-Model-Release"]
        finally:
            over.set()
        assert {status for asked in customers for status in asked.result()} == {200}
    assert after != before
    assert f"{after} answers from the next request on, instead of {before}." in page
