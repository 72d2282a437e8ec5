"""The page as people see it."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.modelstore.evaluation.page.test_document import html
from tests.modelstore.evaluation.reports import jpeg, report

LONG = ("A_VERY_LONG_BRAND_WITH_A_PRODUCT_OF_MANY_WORDS_1500ML", "ANOTHERWITHOUTANYJOINTSATALLINITSNAMETHATISLONG", "C")
WITHIN = """plots => plots.flatMap(plot => [...plot.querySelectorAll('text')].map(text => {
  const seen = text.getBoundingClientRect(), frame = plot.getBoundingClientRect();
  return seen.left >= frame.left - 1 && seen.right <= frame.right + 1 && seen.top >= frame.top - 1
    && seen.bottom <= frame.bottom + 1 ? '' : text.textContent;
}).filter(Boolean))"""


@pytest.fixture
def address(tmp_path: Path) -> str:
    told = report([(0, 1)] * 6 + [(0, 0)] * 30 + [(1, 1)] * 30 + [(2, 2)] * 30 + [(-1, 0)] * 9, skus=LONG)
    file = tmp_path / "report.html"
    file.write_text(html(replace(told, pictures={"answer.0": jpeg(), "sku.0": jpeg()})))
    return file.as_uri()


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_reaches_beyond_the_edge(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_words_of_plots_lie_within_them(page: Page, address: str) -> None:
    page.goto(address)
    assert page.locator("svg").count() == 2
    assert page.locator("svg").evaluate_all(WITHIN) == []


def test_pictures_and_styles_load_though_nothing_else_may(page: Page, address: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    widths = page.locator("img").evaluate_all("pictures => pictures.map(picture => picture.naturalWidth)")
    assert (widths, said) == ([40, 40], [])
    assert page.locator("main").evaluate("main => getComputedStyle(main).maxWidth") == "960px"


def test_it_is_dark_where_the_reader_wants_it(page: Page, address: str) -> None:
    colours = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(address)
        colours.append(page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor"))
    assert colours == ["rgb(250, 249, 245)", "rgb(14, 21, 18)"]
