"""The published JavaScript in a page of another origin, with a photo chosen by the file picker."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page

from tests.demo_service import Demo
from tests.examples.other_origin import integrators_page


@contextmanager
def opened(page: Page, folder: Path, script: str, wait_for: str) -> Iterator[str]:
    """The page with the script, ready for a photo; `wait_for` is the script's own name for its function."""
    with integrators_page(folder, script) as origin:
        page.goto(origin)
        page.wait_for_function(f"typeof {wait_for} === 'function'")
        yield origin


@pytest.fixture
def console(demo: Demo, page: Page, current: dict[str, str], folder: Path) -> str:
    """What the example has logged once its last line has run."""
    lines: list[str] = []
    page.on("console", lambda message: lines.append(message.text))
    with opened(page, folder, current["javascript"], "classifyShelf") as origin:
        demo.allow_origins(origin)
        with page.expect_console_message(lambda message: message.text.startswith("Analysis:"), timeout=90_000):
            page.set_input_files("#imageInput", folder / "shelf_photo.jpg")
        return "\n".join(lines)


def test_the_example_logs_what_it_found(console: str) -> None:
    assert re.search(r"Detected [1-9]\d* products\n  TINY_\S+ — \d+%", console)


def test_the_example_can_read_the_quota_headers(console: str) -> None:
    assert re.search(r"Quota: [1-9]\d* / 1000000 used", console)


def test_the_example_shows_the_annotated_picture(console: str, page: Page) -> None:
    assert page.wait_for_function("document.images[0].naturalWidth").json_value() == 320


def test_the_example_works_where_the_tenant_allows_every_origin(
    demo: Demo, page: Page, current: dict[str, str], folder: Path
) -> None:
    demo.allow_origins("*")
    with opened(page, folder, current["javascript"], "classifyShelf"):
        page.set_input_files("#imageInput", folder / "shelf_photo.jpg")
        page.wait_for_selector("img", timeout=90_000)


def failure(page: Page, folder: Path) -> str:
    with page.expect_event("pageerror", timeout=90_000) as event:
        page.set_input_files("#imageInput", folder / "shelf_photo.jpg")
    return str(event.value)


def test_an_origin_that_nobody_lists_cannot_read_the_answer(
    demo: Demo, page: Page, current: dict[str, str], folder: Path
) -> None:
    demo.allow_origins("https://shop.example")
    with opened(page, folder, current["javascript"], "classifyShelf"):
        assert "Failed to fetch" in failure(page, folder)


def test_an_origin_that_only_another_tenant_lists_cannot_read_the_answer(
    demo: Demo, page: Page, current: dict[str, str], folder: Path
) -> None:
    demo.allow_origins("https://shop.example")
    demo.site.manage("create_tenant", "Neighbour", "--quota", "10")
    with opened(page, folder, current["javascript"], "classifyShelf") as origin:
        demo.allow_origins(origin, slug="neighbour")
        assert "Failed to fetch" in failure(page, folder)


def test_the_example_of_version_1_logs_predictions(
    demo: Demo, page: Page, version_1: dict[str, str], folder: Path
) -> None:
    demo.allow_origins("*")
    with opened(page, folder, version_1["javascript"], "classifySKU"):
        with page.expect_console_message(timeout=90_000) as logged:
            page.set_input_files("#imageInput", folder / "product_image.jpg")
        assert result_in(logged.value)["predictions"]


def result_in(message: ConsoleMessage) -> dict[str, object]:
    logged: dict[str, object] = message.args[0].json_value()
    return logged
