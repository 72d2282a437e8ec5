"""As new staff would, with a browser alone: a SKU is added, a worker makes it known, and predictions name it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.live_server import Site, serving
from tests.modelstore.onboarding.brand_site import brand_site, new_photos
from tests.modelstore.onboarding.conftest import BRAND, YELLOW
from tests.modelstore.onboarding.worker import working
from tests.modelstore.training.conftest import draw

STAFF = "from django.contrib.auth.models import User; User.objects.create_superuser('boss', password='pw')"
PATIENCE = 120_000
SKU = "CLIFF_YELLOW_1L"


@dataclass(frozen=True)
class Office:
    url: str
    site: Site
    key: str
    photos: list[Path]

    def counts(self, photo: Path) -> dict[str, int]:
        """What a client is answered about a photo."""
        answer = requests.post(
            f"{self.url}/api/v1/predict", data={"category": "CLIFFS", "brand": "CLIFF"},
            files={"image": photo.read_bytes()}, headers={"X-API-Key": self.key}, timeout=60,
        ).json()  # fmt: skip
        counts: dict[str, int] = answer["analysis"]["counts"]
        return counts


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    site = brand_site(folder)
    site.manage("shell", "-c", STAFF)
    site.manage("create_tenant", "Alpha", "--quota", "1000")
    key = site.manage_json("issue_key", "alpha")["key"]
    with serving(site) as url:
        yield Office(url, site, key, new_photos(folder))


@pytest.fixture
def staff(page: Page, office: Office) -> Page:
    page.goto(f"{office.url}/admin/")
    page.fill("#id_username", "boss")
    page.fill("#id_password", "pw")
    page.click("[type=submit]")
    return page


def fill_in(staff: Page, sku: str, photos: list[Path]) -> None:
    """From the first page of admin to the form, by what a person reads."""
    staff.click("text=Model lines >> nth=0")
    staff.click("table >> text=CLIFFS")
    staff.click("text=Add a SKU")
    staff.get_by_label("Name").fill(sku)
    staff.set_input_files("input[type=file]", [str(photo) for photo in photos])


def test_too_few_photos_are_told_before_they_are_sent(staff: Page, office: Office) -> None:
    fill_in(staff, SKU, office.photos[:2])
    expect(staff.locator("#chosen")).to_contain_text("Choose 3 to 8 photos; these are 2.")
    expect(staff.locator("text=Add the SKU")).to_be_disabled()


def test_without_a_worker_the_page_says_what_to_start_and_with_one_it_goes_on_by_itself(
    staff: Page, office: Office, tmp_path: Path
) -> None:
    """And the next prediction names the product, which nobody knew before."""
    shelf = draw(tmp_path / "shelf.png", YELLOW, 999)
    fill_in(staff, SKU, office.photos)
    staff.click("text=Add the SKU")
    expect(staff.locator("#progress")).to_contain_text("Waiting for the worker")
    expect(staff.locator("#progress")).to_contain_text("manage.py qcluster", timeout=PATIENCE)
    assert SKU not in office.counts(shelf)
    with working(office.site):
        expect(staff.locator("#progress .warning").first).to_contain_text("Only 60 x 90 pixels", timeout=PATIENCE)
        staff.click("text=Go on all the same")
        expect(staff.locator("#progress")).to_contain_text(f"{SKU} is recognised since", timeout=PATIENCE)
        assert office.counts(shelf)[SKU] > 0
        expect(staff.locator("#progress strong").first).to_have_text("Done", timeout=PATIENCE)
    expect(staff.locator("#progress")).to_contain_text("CLIFFS/CLIFF@3 (active)")
    assert office.counts(shelf)[SKU] > 0


def test_staff_try_it_on_a_photo(staff: Page, office: Office, tmp_path: Path) -> None:
    staff.goto(f"{office.url}/admin/modelstore/onboarding/")
    staff.click(f"text={SKU}")
    staff.set_input_files("input[name=photo]", str(draw(tmp_path / "unseen.png", YELLOW, 998)))
    staff.click("input[value='Try it']")
    expect(staff.locator("#alone")).to_contain_text(SKU)
    expect(staff.locator("#counts")).to_contain_text(SKU)
    assert staff.locator("img[alt^='The photo']").evaluate("image => image.naturalWidth") == 60


def test_what_is_no_photo_is_told_where_it_is_tried(staff: Page, office: Office, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("hello")
    staff.goto(f"{office.url}/admin/modelstore/onboarding/")
    staff.click(f"text={SKU}")
    staff.set_input_files("input[name=photo]", str(tmp_path / "note.txt"))
    staff.click("input[value='Try it']")
    expect(staff.get_by_text("is not a JPEG, PNG or WebP file")).to_be_visible()


def test_the_other_skus_are_answered_as_before(office: Office, tmp_path: Path) -> None:
    for sku, colour in BRAND.items():
        counts = office.counts(draw(tmp_path / f"{sku}.png", colour, 997))
        assert max(counts, key=lambda name: counts[name]) == sku
