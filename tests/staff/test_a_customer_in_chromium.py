"""What the service is sold by, from end to end in a real browser: staff, a tenant, a key, its usage, its end."""

import os
import re
import time
from base64 import b32decode
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import requests
from django_otp.oath import totp
from playwright.sync_api import Page, expect

from tests.live_server import Site, serving
from tests.skuapi.edge import copy_of, encoded, text
from tests.tiny_release import photo

NAME, PASSWORD = "amal", "a long and winding password"
MAKE = f"from django.contrib.auth.models import User; User.objects.create_superuser({NAME!r}, password={PASSWORD!r})"
BODY: Final = {"image": text(encoded(photo())), "category": "TINY", "brand": "ONE", "return_annotated": False}


@pytest.fixture
def address(tiny_site: Site, tmp_path: Path) -> Iterator[str]:
    site = copy_of(tiny_site, tmp_path / "customer", STAFF_TWO_FACTOR="true")
    site.manage("shell", "--no-imports", "-c", MAKE)
    with serving(site, app="bench.stub_wsgi:application") as url:
        yield url


def shown(page: Page, name: str) -> None:
    """SCREENSHOTS=folder keeps pictures of the pages, for people to look at."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def log_in(page: Page, address: str) -> None:
    """With two factors: the second is set up on the way."""
    page.goto(f"{address}/admin/")
    page.get_by_label("Username").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    secret = re.sub(r"\s", "", page.locator("#secret").inner_text())
    page.get_by_label("Code").fill(f"{totp(b32decode(secret + '=' * (-len(secret) % 8))):06d}")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="I have kept them").click()
    expect(page).to_have_url(f"{address}/admin/")


def create_tenant(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/tenants/tenant/add/")
    page.get_by_label("Name").fill("Corner Shops")
    page.get_by_label("Monthly quota").fill("10")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("0 of 10 units used").first).to_be_visible()


def issued(page: Page) -> str:
    """The key on the page that shows it, this once."""
    return page.locator("#issued-key").inner_text().strip()


def issue_key(page: Page) -> str:
    page.get_by_role("link", name="Add a key").click()
    page.get_by_label("Label").fill("tills")
    page.get_by_role("button", name="Save", exact=True).click()
    key = issued(page)
    shown(page, "2-issued")
    page.get_by_role("link", name="I have copied it").click()
    expect(page.get_by_role("link", name="Rotate…")).to_be_visible()
    assert key not in page.content()
    return key


def rotate(page: Page) -> str:
    page.get_by_role("link", name="Rotate…").click()
    page.get_by_role("button", name="Issue the new key").click()
    return issued(page)


def revoke(page: Page, key_page: str) -> None:
    page.goto(key_page)
    page.get_by_role("link", name="Revoke…").click()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("Revoked").first).to_be_visible()


def predicted(address: str, key: str) -> tuple[int, str]:
    answer = requests.post(f"{address}/api/v1/predict", json=BODY, headers={"X-API-Key": key}, timeout=60)
    return answer.status_code, answer.json().get("code", "")


CHART = "figure.sku-chart:has(h3:text-is('Requests'))"


def charted(page: Page, address: str, outcome: str) -> int:
    """What the dashboard's chart of requests adds up to; outcome: a column of its table."""
    page.goto(f"{address}/admin/")
    columns = page.locator(f"{CHART} thead th").all_text_contents()
    if outcome not in columns:  # nobody has asked yet
        return 0
    cells = page.locator(f"{CHART} tbody tr :nth-child({columns.index(outcome) + 1})").all_text_contents()
    return sum(int(cell) for cell in cells)


def comes_to_show(page: Page, address: str, outcome: str, count: int) -> None:
    """The recorder writes a moment after the answers."""
    end = time.monotonic() + 30
    while (shows := charted(page, address, outcome)) < count and time.monotonic() < end:
        page.wait_for_timeout(300)
    assert shows == count


def test_staff_log_in_make_a_tenant_and_a_key_see_it_used_rotate_it_and_revoke_it(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    log_in(page, address)
    assert charted(page, address, "answered") == 0
    create_tenant(page, address)
    tenant_page = page.url
    old = issue_key(page)
    old_page = page.url
    assert predicted(address, old) == (200, "")
    comes_to_show(page, address, "answered", 1)
    expect(page.locator(f"{CHART} .sku-bars i.sku-answered")).to_be_visible()

    page.goto(tenant_page)
    expect(page.get_by_text("1 of 10 units used").first).to_be_visible()
    expect(page.locator("[aria-label='Usage against quota']")).to_contain_text("10 %")
    shown(page, "3-tenant")

    page.goto(old_page)
    new = rotate(page)
    assert [predicted(address, key) for key in (old, new)] == [(200, "")] * 2  # within the grace of the old one
    revoke(page, old_page)
    assert predicted(address, old) == (403, "key_revoked")
    assert predicted(address, new) == (200, "")
    comes_to_show(page, address, "answered", 4)
    assert charted(page, address, "refused (4xx)") == 1
    shown(page, "1-dashboard")
