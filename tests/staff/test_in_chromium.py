"""What staff see in a browser: on a phone, without any other site, and before something is stopped."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import requests
from playwright.sync_api import Page, Response, expect, sync_playwright

from tests.browser import OPTIONS, chromium
from tests.staff.conftest import Office

# Pages that no list and no sidebar links to: questions and forms.
QUESTIONS = (
    "tenants/tenant/move/suspend/?ids=1,2",
    "tenants/tenant/1/top-up/",
    "tenants/tenant/1/try/",
    "tenants/tenant/1/erase/",
    "auth/user/1/reset-two-factor/",
    "two-factor/",
    "tenants/apikey/move/revoke/?ids=1,2",
    "tenants/apikey/1/rotate/",
    "modelstore/release/move/activate/?ids=1",
    "modelstore/release/upload/",
    "modelstore/modelline/1/add-sku/",
    "modelstore/onboarding/1/decide/?decision=withdraw",
    "password_change/",
    "tenants/tenant/1/history/",
)


@dataclass
class Walk:
    """What somebody met who opened every page of admin."""

    visited: list[str] = field(default_factory=list)
    sideways: list[str] = field(default_factory=list)
    elsewhere: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)


def open_page(page: Page, address: str, walk: Walk) -> None:
    page.goto(address)
    page.wait_for_selector("html:not([x-cloak])", state="attached")
    page.wait_for_load_state("networkidle")
    walk.visited.append(page.url)
    widest, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    if widest > window:
        walk.sideways.append(f"{page.url} is {widest} pixels wide")


def links(page: Page, selector: str) -> list[str]:
    found: list[str] = page.eval_on_selector_all(selector, "all => all.map(link => link.href)")
    return found


def followed(page: Page, url: str, walk: Walk) -> Iterator[str]:
    """Every list that the sidebar links to, the page to add to it, and a row of it."""
    open_page(page, f"{url}/admin/", walk)
    for address in [link for link in links(page, "#nav-sidebar-apps a") if re.search(r"/admin/\w+/\w+/$", link)]:
        open_page(page, address, walk)
        yield from links(page, "a[href*='/add/']")[:1]
        own = address.removeprefix(url)
        yield from links(page, f"#result_list a[href*='{own}'][href*='/change/']")[:1]


@pytest.fixture(scope="module")
def walk(office: Office) -> Walk:
    walk, executable = Walk(), chromium()

    def answered(response: Response) -> None:
        if response.status >= 400:
            walk.broken.add(f"{response.status} {response.url}")
        if not response.url.startswith((office.url, "data:", "blob:")):
            walk.elsewhere.add(response.url)

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=OPTIONS)
        page = office.opened_by(browser, 390, 844)
        page.on("response", answered)
        page.on("requestfailed", lambda request: walk.broken.add(request.url))
        for address in list(followed(page, office.url, walk)):
            open_page(page, address, walk)
        for question in QUESTIONS:
            open_page(page, f"{office.url}/admin/{question}", walk)
        browser.close()
    return walk


def test_no_page_of_admin_scrolls_sideways_on_a_phone(walk: Walk) -> None:
    assert walk.sideways == []


def test_every_asset_of_admin_comes_from_the_same_host(walk: Walk) -> None:
    assert walk.elsewhere == set()


def test_nothing_that_a_page_of_admin_asks_for_is_missing(walk: Walk) -> None:
    assert walk.broken == set()


@pytest.mark.parametrize("model", ["tenant", "apikey", "usagemonth", "requestrecord", "quotanotice"])
def test_the_walk_has_opened_the_list_and_a_row_of_each_kind_of_customers_data(walk: Walk, model: str) -> None:
    visited = "\n".join(walk.visited)
    assert f"/admin/tenants/{model}/\n" in visited
    assert re.search(rf"/admin/tenants/{model}/\d+/change/", visited)


@pytest.fixture
def desk(office: Office, page: Page) -> Page:
    assert page.context.browser
    return office.opened_by(page.context.browser, 1280, 900)


def status(office: Office) -> int:
    return requests.get(f"{office.url}/api/v1/usage", headers={"X-API-Key": office.key}, timeout=30).status_code


@pytest.mark.parametrize("thing", ["tenant", "apikey"])
def test_suspending_asks_first_and_then_keys_get_403_until_it_is_resumed(
    office: Office, desk: Page, thing: str
) -> None:
    address = f"{office.url}/admin/tenants/{thing}/1/change/"
    desk.goto(address)
    desk.get_by_role("link", name="Suspend…").click()
    expect(desk.get_by_text("answered with 403 until it is resumed")).to_be_visible()
    assert status(office) == 200
    desk.get_by_role("button", name="Suspend", exact=True).click()
    expect(desk).to_have_url(address)
    assert status(office) == 403
    desk.get_by_role("link", name="Resume…").click()
    desk.get_by_role("button", name="Resume", exact=True).click()
    expect(desk).to_have_url(address)
    assert status(office) == 200


def test_no_takes_back_to_the_page_and_stops_nothing(office: Office, desk: Page) -> None:
    desk.goto(f"{office.url}/admin/tenants/tenant/1/change/")
    desk.get_by_role("link", name="Suspend…").click()
    desk.get_by_role("link", name="No, take me back").click()
    expect(desk.get_by_role("link", name="Suspend…")).to_be_visible()
    assert status(office) == 200


def test_a_list_is_narrowed_by_what_is_typed_into_its_filters(office: Office, desk: Page) -> None:
    desk.goto(f"{office.url}/admin/tenants/requestrecord/")
    desk.locator("a", has_text="Filters").first.click()
    desk.locator("[name=brand__icontains]").fill("no such brand")
    desk.get_by_role("button", name="Apply Filters").click()
    expect(desk.get_by_text("0 requests")).to_be_visible()


def test_a_request_is_found_from_anywhere_by_its_id(office: Office, desk: Page) -> None:
    desk.goto(f"{office.url}/admin/")
    desk.keyboard.press("Control+k")
    desk.locator("#search-input-command").press_sequentially("1-7" * 8)
    found = desk.locator("#command-results-list a").filter(has_text="1-71-7")
    found.click()
    expect(desk).to_have_url(re.compile(r"/admin/tenants/requestrecord/\d+/change/"))
