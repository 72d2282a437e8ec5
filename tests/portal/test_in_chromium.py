"""The pages in a real browser."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.demo_service import Demo

PHONE = {"width": 360, "height": 740}
PATHS = ("/", "/docs/v1", "/api/login", "/api/v1/usage")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    from tests import tiny_release

    tiny_release.photo(800, 600).save(tmp_path / "shelf_photo.jpg")
    return tmp_path / "shelf_photo.jpg"


def log_in(page: Page, demo: Demo, key: str) -> None:
    page.goto(f"{demo.url}/api/v1/predict")
    page.get_by_role("link", name="Log in with your key").click()
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Predict").wait_for()


@pytest.fixture
def logged_in(page: Page, demo: Demo) -> Page:
    log_in(page, demo, demo.key)
    return page


def send(page: Page, photo: Path, **choices: str) -> None:
    page.get_by_label("Shelf photo").set_input_files(photo)
    for name, value in choices.items():
        page.locator(f"[name={name}]").select_option(value)
    page.get_by_role("button", name="Send the request").click()
    page.get_by_role("heading", name="Answer").wait_for(timeout=90_000)


def test_a_photo_from_the_file_picker_ends_as_an_annotated_picture(logged_in: Page, photo: Path) -> None:
    send(logged_in, photo)
    width = logged_in.locator("img.picture").evaluate("image => [image.naturalWidth, image.offsetWidth > 300]")
    assert width == [800, True]


def test_the_page_with_the_picture_shows_the_quota(logged_in: Page, photo: Path) -> None:
    send(logged_in, photo)
    assert "of 1,000,000 requests used this month" in logged_in.locator(".quota").inner_text()


def test_the_json_on_the_page_has_no_picture_in_it(logged_in: Page, photo: Path) -> None:
    send(logged_in, photo)
    assert "shortened on this page only" in (logged_in.locator(".answer pre").text_content() or "")


def test_no_for_the_annotated_picture_means_no(logged_in: Page, photo: Path) -> None:
    send(logged_in, photo, return_annotated="false")
    assert logged_in.locator("img.picture").count() == 0


def test_the_form_keeps_the_choices_of_the_last_request(logged_in: Page, photo: Path) -> None:
    send(logged_in, photo, show_unknown="true")
    assert logged_in.locator("[name=show_unknown]").input_value() == "true"


def test_a_raw_json_body_is_answered_on_the_page(logged_in: Page) -> None:
    logged_in.get_by_text("Send a raw body instead").click()
    logged_in.get_by_label("Content").fill('{"image": "", "category": "DRINKS", "brand": "JORDINA"}')
    logged_in.get_by_role("button", name="Send the raw body").click()
    logged_in.get_by_text("image_empty").first.wait_for()


def test_a_key_revoked_in_the_meantime_is_refused_on_the_page(page: Page, demo: Demo, photo: Path) -> None:
    key_id, text = demo.new_key()
    log_in(page, demo, text)
    demo.site.manage("revoke_key", key_id)
    send(page, photo)
    assert page.get_by_role("heading", name="Your key is not accepted any more").is_visible()


def test_logging_out_asks_for_the_key_again(logged_in: Page, demo: Demo) -> None:
    logged_in.get_by_role("button", name="Log out").click()
    logged_in.goto(f"{demo.url}/api/v1/usage")
    assert logged_in.get_by_role("heading", name="You need an API key here").is_visible()


@pytest.mark.parametrize("path", PATHS)
def test_no_page_loads_anything_from_another_host(path: str, page: Page, demo: Demo) -> None:
    hosts = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(demo.url + path, wait_until="networkidle")
    assert hosts == {urlsplit(demo.url).netloc}


@pytest.mark.parametrize("path", PATHS)
def test_no_page_is_wider_than_a_phone(path: str, browser: Browser, demo: Demo) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(demo.url + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("path", ["/", "/docs/v1"])
def test_no_documentation_page_makes_the_browser_complain(path: str, page: Page, demo: Demo) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(demo.url + path, wait_until="networkidle")
    assert complaints == []


def test_the_copy_button_takes_the_whole_example(browser: Browser, demo: Demo) -> None:
    page = browser.new_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    page.goto(f"{demo.url}/")
    page.get_by_role("button", name="Copy: Python").click()
    page.get_by_text("Copied").wait_for()
    shown = page.locator("[data-example=python]").text_content()
    assert page.evaluate("navigator.clipboard.readText()") == shown


CONTRAST = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = rgb(getComputedStyle(node).backgroundColor);
      if (colour.length === 3) return colour;
    }
    return [255, 255, 255];
  };
  const texts = [...document.body.querySelectorAll('*')].filter((node) => !node.closest('svg, script')
    && [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim()));
  return texts.map((node) => {
    const [a, b] = [light(rgb(getComputedStyle(node).color)), light(behind(node))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.textContent.trim().slice(0, 40)];
  }).filter(([ratio]) => ratio < 4.5);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_every_text_stands_out_from_what_is_behind_it(path: str, scheme: str, browser: Browser, demo: Demo) -> None:
    page = browser.new_page(color_scheme=scheme)
    page.goto(demo.url + path)
    assert page.evaluate(CONTRAST) == []
