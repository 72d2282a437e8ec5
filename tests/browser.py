"""The Chromium of this machine, driven by playwright; nothing is downloaded."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Chromium refuses to run as root with its sandbox; the pages visited here are our own.
OPTIONS = ["--no-sandbox", "--disable-gpu"]


def chromium() -> str:
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        pytest.skip(f"No Chromium on this machine; looked for {', '.join(NAMES)}.")
    return found


@pytest.fixture
def browser() -> Iterator[Browser]:
    """One for each test: playwright runs an event loop, and Django's ORM refuses to work beside one."""
    executable = chromium()
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=executable, args=OPTIONS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_page()
