"""A member of staff logs in with two factors, in a real browser, with the server as it is run."""

import os
import re
from base64 import b32decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from django_otp.oath import totp
from playwright.sync_api import Page, expect

from tests.live_server import Site, serving

NAME, PASSWORD = "amal", "a long and winding password"
MAKE = f"""
from django.contrib.auth.models import User
User.objects.create_superuser({NAME!r}, password={PASSWORD!r})
User.objects.create_superuser("badr", password={PASSWORD!r})
"""
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    site = Site(tmp_path_factory.mktemp("staff"), {"STAFF_TWO_FACTOR": "true"})
    site.manage("migrate", "--verbosity", "0")
    site.manage("shell", "--no-imports", "-c", MAKE)
    with serving(site) as url:
        yield url


def shown(page: Page, name: str) -> None:
    """SCREENSHOTS=folder keeps pictures of the pages, for people to look at."""
    folder = os.environ.get("SCREENSHOTS")
    for size, (width, height) in SIZES.items() if folder else ():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=Path(str(folder)) / f"{name}-{size}.png")


def fits(page: Page) -> bool:
    page.set_viewport_size({"width": 390, "height": 844})
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def give(page: Page, name: str, password: str) -> None:
    page.goto(page.url.split("/admin")[0] + "/admin/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def give_code(page: Page, code: str, button: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name=button).click()


def code_for(page: Page, drift: int = 0) -> str:
    secret = re.sub(r"\s", "", page.locator("#secret").inner_text())
    return f"{totp(b32decode(secret + '=' * (-len(secret) % 8)), drift=drift):06d}"


def test_a_member_of_staff_enrols_and_logs_in_with_two_factors(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/")
    shown(page, "1-login")
    give(page, NAME, PASSWORD)
    expect(page.locator("svg path").first).to_be_visible()
    assert fits(page)
    shown(page, "2-enrolment")
    next_code = code_for(page, drift=1)
    give_code(page, code_for(page), "Go on")
    expect(page.locator("#backup-codes li")).to_have_count(10)
    assert fits(page)
    shown(page, "3-backup-codes")
    page.get_by_role("link", name="I have kept them").click()
    expect(page).to_have_url(f"{address}/admin/")
    shown(page, "4-admin")
    page.goto(f"{address}/admin/two-factor/")
    shown(page, "5-two-factor")
    page.context.clear_cookies()

    give(page, NAME, PASSWORD)
    assert fits(page)
    shown(page, "6-code")
    give_code(page, "000000", "Log in")
    expect(page.get_by_text("This code is wrong")).to_be_visible()
    shown(page, "7-wrong-code")
    page.wait_for_timeout(1100)
    give_code(page, next_code, "Log in")
    expect(page).to_have_url(f"{address}/admin/")
    for path, name in (
        ("auth/user/", "8-users"),
        ("auth/user/1/change/", "9-user"),
        ("auth/user/1/reset-two-factor/", "10-reset"),
        ("auditlog/logentry/", "11-trail"),
        ("auth/user/1/history/", "12-history"),
        ("auth/group/", "13-roles"),
    ):
        page.goto(f"{address}/admin/{path}")
        shown(page, name)


def test_whoever_is_locked_out_reads_when_to_try_again(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/")
    for _ in range(5):
        give(page, "badr", "wrong")
    expect(page.get_by_text("Try again in 15 minutes")).to_be_visible()
    assert fits(page)
    shown(page, "14-locked-out")
    give(page, "badr", PASSWORD)
    expect(page.get_by_text("Try again in")).to_be_visible()
