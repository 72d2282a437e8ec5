"""A canary as clients do not meet it: their answers, headers and quota are those of a service without one."""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from inference.manifest import loads
from tests import tiny_release
from tests.live_server import serving
from tests.modelstore.test_admin_canary import figure
from tests.skuapi.edge import Edge, copy_of

# TINY/ONE@2 and @3, TINY/TWO@2, TINY/SPOILT@1 and @2, and TINY/MENDED@3, where @2 is active and damaged.
BUNDLES = [("ONE", 81), ("ONE", 82), ("TWO", 83), ("SPOILT", 84), ("SPOILT", 85), ("MENDED", 86)]
SETUP = """
from pathlib import Path
from django.contrib.auth.models import User
from modelstore.canaries import start
from modelstore.models import Release
from modelstore.publishing import activate, publish
from tenants.models import Pin, Tenant
for folder in {folders!r}:
    publish(Path(folder))
activate(Release.called("TINY/SPOILT@1"), lambda manifest: None)
for candidate in ("TINY/SPOILT@2", "TINY/MENDED@3"):
    start(Release.called(candidate), 100, lambda manifest: None)
Pin.objects.create(tenant=Tenant.objects.get(slug="beta"), release=Release.called("TINY/ONE@3"))
User.objects.create_superuser("boss", password="pw")
"""
CHANGING = {
    "processing_time_seconds",
    "Content-Length",
    "Date",
    "X-Request-ID",
    "Server-Timing",
    "X-RateLimit-Used",
    "X-RateLimit-Remaining",
}


@dataclass(frozen=True)
class Staff:
    """Somebody with a browser, on the pages of one running service."""

    url: str
    session: requests.Session

    @classmethod
    def of(cls, url: str) -> "Staff":
        staff = cls(url, requests.Session())
        staff.session.get(f"{url}/admin/login/")
        staff.post("/admin/login/", username="boss", password="pw")
        return staff

    def get(self, path: str) -> str:
        return self.session.get(self.url + path, timeout=60).text

    def post(self, path: str, **fields: str) -> str:
        token = self.session.cookies["csrftoken"]
        return self.session.post(self.url + path, {"csrfmiddlewaretoken": token, **fields}, timeout=60).text

    def line(self, brand: str) -> str:
        """The address of its page."""
        (address,) = re.findall(
            r'href="(/admin/modelstore/modelline/\d+/change/)', self.get(f"/admin/modelstore/modelline/?q={brand}")
        )[:1]
        return str(address)

    def release(self, name: str) -> str:
        """Its primary key, from the list of releases."""
        page = self.get(f"/admin/modelstore/release/?q={name}")
        return re.findall(r"/admin/modelstore/release/(\d+)/change/", page)[0]

    def start(self, name: str, share: int = 100) -> None:
        brand = name.split("/")[1].split("@")[0]
        address = self.line(brand).replace("change/", "canary/start/")
        page = self.post(address, candidate=self.release(name), share=str(share))
        assert "From the next request on" in page

    def stop(self, brand: str) -> None:
        (address,) = re.findall(r'id="stop-canary" href="([^"]+)"', self.get(self.line(brand)))
        assert "Stop the canary" in self.get(address)
        assert "is a canary no more" in self.post(address)

    def activate(self, name: str) -> None:
        address = f"/admin/modelstore/release/move/activate/?ids={self.release(name)}"
        assert "answers from the next request on" in self.post(address, reason="as good")

    def seen(self, brand: str) -> tuple[int, int]:
        """Photos compared, and photos dropped."""
        page = self.get(self.line(brand))
        if 'id="canary-figures"' not in page:
            return 0, int((re.findall(r"(\d+) were dropped", page) or [0])[0])
        return number(figure(page, "Photos compared")), number(figure(page, "Photos dropped"))

    def eventually(self, brand: str, sight: Callable[[tuple[int, int]], bool]) -> str:
        """The page once that has been seen: the canary works behind the answers."""
        end = time.monotonic() + 60
        while not sight(self.seen(brand)):
            assert time.monotonic() < end, self.seen(brand)
            time.sleep(0.1)
        return self.get(self.line(brand))


def number(text: str) -> int:
    return int(re.findall(r"\d+", text)[0])


def compared(count: int) -> Callable[[tuple[int, int]], bool]:
    return lambda seen: seen == (count, 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("watched")


@pytest.fixture(scope="module")
def watched(edge: Edge, folder: Path) -> Iterator[Edge]:
    """Has four places in its queue; beta is pinned to TINY/ONE@3."""
    site = copy_of(edge.site, folder, QUEUE_SIZE="4")
    for brand, seed in BUNDLES:
        tiny_release.write(folder / f"{brand}{seed}", brand, seed)
    site.manage("shell", "-c", SETUP.format(folders=[str(folder / f"{brand}{seed}") for brand, seed in BUNDLES]))
    with serving(site) as url:
        yield Edge(url, site, edge.keys, edge.photo)


@pytest.fixture(scope="module")
def staff(watched: Edge) -> Staff:
    return Staff.of(watched.url)


@pytest.fixture
def canary(watched: Edge, staff: Staff) -> Iterator[Edge]:
    """TINY/ONE@2 reads everything that @1 answers; a new canary for each test."""
    staff.start("TINY/ONE@2")
    yield watched
    staff.stop("ONE")


def seen_by_client(response: requests.Response) -> tuple[Any, ...]:
    """All that does not change with every request."""
    body, headers = (dict(part) for part in (response.json(), response.headers))
    return response.status_code, *({name: part[name] for name in part.keys() - CHANGING} for part in (body, headers))


@pytest.mark.parametrize("key", ["open", "alpha_v1", "hundred"])
def test_the_answer_is_that_of_a_service_without_a_canary(edge: Edge, canary: Edge, key: str) -> None:
    assert seen_by_client(canary.predict(key)) == seen_by_client(edge.predict(key))


def test_the_active_release_is_named_and_the_candidate_is_listed_nowhere(canary: Edge) -> None:
    assert canary.predict("open").headers["X-Model-Release"] == "TINY/ONE@1"
    assert "TINY/ONE@2" not in canary.get("/api/v1/models", "open").text


def test_photos_of_every_tenant_are_compared(canary: Edge, staff: Staff) -> None:
    """Both find the same boxes: the candidate is another classifier on the same networks."""
    for count, key in enumerate(("open", "hundred"), 1):
        facings = len(canary.predict(key).json()["detections"])
        page = staff.eventually("ONE", compared(count))
    names = ("Same SKU", "Named by one, unknown to the other")
    both = number(figure(page, names[0]).split(" of ")[-1]) + number(figure(page, names[1]).split("; ")[-1])
    assert (both, figure(page, "Found by one only").startswith("0 by")) == (2 * facings, True)
    assert 'id="canary-differences"' in page


def test_no_tenant_sees_anything_of_it(canary: Edge, staff: Staff) -> None:
    canary.predict("open")
    staff.eventually("ONE", compared(1))
    pages = [canary.get(path, "hundred").text for path in ("/api/v1/models", "/api/v1/usage", "/api/v1/status")]
    assert not any("canary" in page.lower() or "ONE@2" in page for page in pages)


def test_the_candidate_is_asked_with_the_thresholds_of_the_request(canary: Edge, staff: Staff) -> None:
    canary.predict("open", sku_conf=1)
    page = staff.eventually("ONE", compared(1))
    assert "No facing was found by both and named" in figure(page, "Same SKU")


def test_a_photo_without_products_is_compared(canary: Edge, staff: Staff) -> None:
    canary.predict("open", det_conf=0.99)
    staff.eventually("ONE", compared(1))


def test_what_a_pin_answers_is_no_part_of_it(canary: Edge, staff: Staff) -> None:
    assert canary.predict("beta").headers["X-Model-Release"] == "TINY/ONE@3"
    canary.predict("open")
    staff.eventually("ONE", compared(1))


def test_what_an_earlier_release_answers_in_place_of_a_damaged_one_is_no_part_of_it(canary: Edge, staff: Staff) -> None:
    assert canary.predict("open", brand="MENDED").headers["X-Model-Release"] == "TINY/MENDED@1"
    canary.predict("open")
    staff.eventually("ONE", compared(1))  # one thread takes all photos in turn
    assert staff.seen("MENDED") == (0, 0)


@pytest.mark.parametrize("changes", [{"image": "aGVsbG8="}, {"brand": "NIL"}, {"sku_conf": 2}])
def test_what_was_not_answered_is_no_part_of_it(canary: Edge, staff: Staff, changes: dict[str, Any]) -> None:
    assert canary.predict("open", **changes).status_code >= 400
    canary.predict("open")
    staff.eventually("ONE", compared(1))


def test_nothing_is_billed_for_it(canary: Edge, staff: Staff) -> None:
    before = canary.used("five")
    assert canary.predict("five").status_code == 200
    staff.eventually("ONE", compared(1))
    usage = canary.get("/api/v1/usage", "five").json()
    assert (usage["used"], usage["in_flight"]) == (before + 1, 0)


def test_of_a_share_of_nothing_nothing_is_compared(canary: Edge, staff: Staff) -> None:
    staff.start("TINY/ONE@2", 0)
    for _ in range(5):
        canary.predict("open")
    staff.start("TINY/ONE@2", 100)
    canary.predict("open")
    staff.eventually("ONE", compared(1))


def test_a_full_queue_drops_the_canary_and_no_request(canary: Edge, staff: Staff) -> None:
    """As many clients as there are places. Every photo that was answered is compared, or counted as dropped."""
    with ThreadPoolExecutor(4) as clients:
        statuses = list(clients.map(lambda _: canary.predict("open").status_code, range(60)))
    assert statuses == [200] * 60
    staff.eventually("ONE", lambda seen: sum(seen) == 60)
    assert staff.seen("ONE")[1] > 0


def test_activating_the_candidate_under_load_ends_it_and_fails_no_request(watched: Edge, staff: Staff) -> None:
    staff.start("TINY/TWO@2")
    with ThreadPoolExecutor(3) as clients:
        asked = [clients.submit(watched.predict, "open", brand="TWO") for _ in range(30)]
        staff.activate("TINY/TWO@2")
        assert {future.result().status_code for future in asked} == {200}
    assert watched.predict("open", brand="TWO").headers["X-Model-Release"] == "TINY/TWO@2"
    assert "None runs. The last one" in staff.get(staff.line("TWO"))


def test_a_damaged_candidate_pauses_its_canary_and_harms_no_answer(watched: Edge, staff: Staff, folder: Path) -> None:
    """It was sound when the canary started. The log tells of it once."""
    head = loads((folder / "SPOILT85" / "manifest.json").read_bytes()).head.weights
    (folder / "models" / head[:2] / f"{head}.safetensors").write_bytes(b"damaged")
    answers = [watched.predict("open", brand="SPOILT") for _ in range(4)]
    end = time.monotonic() + 60
    while "Paused:" not in (page := staff.get(staff.line("SPOILT"))):
        assert time.monotonic() < end, "it was not paused"
    answers += [watched.predict("open", brand="SPOILT") for _ in range(4)]
    assert {answer.headers["X-Model-Release"] for answer in answers} == {"TINY/SPOILT@1"}
    assert re.search(r"Paused: File .* is damaged", page)
    assert "is damaged" in staff.get(f"/admin/modelstore/release/{staff.release('TINY/SPOILT@2')}/change/")
    assert watched.log.count("is a canary no more") == 1
