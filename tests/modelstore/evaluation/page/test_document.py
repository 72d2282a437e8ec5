"""The page of a report stands alone, shows what the JSON tells, and trusts nothing in it."""

import re
from base64 import b64encode
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from modelstore.evaluation.answers import Calibration
from modelstore.evaluation.page.document import document, page_of
from modelstore.evaluation.page.figures import written
from modelstore.evaluation.page.pictures import picture
from modelstore.evaluation.report import Report
from tests.modelstore.evaluation.reports import jpeg, report, unasked

RED, GREEN, BLUE = range(3)
EVIL = '<script>alert("x")</script>'
VOID = {"meta", "img", "line", "rect", "circle", "polygon", "polyline", "br", "wbr"}


def confused(**pictures: bytes) -> Report:
    """RED is taken for GREEN twice; BLUE is sound."""
    said = [(RED, GREEN)] * 2 + [(RED, RED)] * 2 + [(GREEN, GREEN)] * 4 + [(BLUE, BLUE)] * 20
    return replace(report(said), pictures={name.replace("_", "."): data for name, data in pictures.items()})


def html(told: Report, release: str = "TINY/ONE@1") -> str:
    return document(page_of(told, release))


class Balanced(HTMLParser):
    """Fails where a tag is closed that was not opened last."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def picture_file(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 60)).save(out, kind)
    return out.getvalue()


def test_it_is_whole_html() -> None:
    parser = Balanced()
    parser.feed(html(confused(answer_0=jpeg(), sku_0=jpeg(), sku_1=jpeg())))
    assert parser.open == []


def test_it_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    page = html(confused(answer_0=jpeg())).replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"https?:|url\(|@import|<script|<link|<iframe|\son\w+=", page) == []
    assert "default-src 'none'; img-src data:" in page


def test_names_of_an_uploaded_bundle_are_only_text() -> None:
    skus = (EVIL, 'GREEN" onload="x', "BLUE")
    told = replace(confused(answer_0=jpeg(), sku_0=jpeg()), skus=skus, metrics={f"top1_{EVIL}_alone": 0.5})
    page = html(told, EVIL)
    assert "<script" not in page
    assert 'onload="x' not in page
    assert "&lt;script&gt;" in page


def test_it_shows_the_figures_of_the_json() -> None:
    page = page_of(confused(), "TINY/ONE@1")
    text = document(page)
    for estimate in (page.summary.figures["top1"], page.summary.figures["coverage_at_95_precision"]):
        assert f"<dd>{written(estimate.value)}<small>" in text


def test_a_wrong_answer_stands_beside_right_ones_of_both_skus() -> None:
    red, green, wrong = jpeg("red"), jpeg("green"), jpeg("blue")
    page = html(confused(answer_0=wrong, sku_0=red, sku_1=green))
    shown = [page.index(b64encode(data).decode()) for data in (wrong, red, green)]
    assert shown == sorted(shown)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg onload=alert(1)>",
        b"\xff\xd8\xff" + b"no photo",
        picture_file("PNG"),
        jpeg()[:200],
        jpeg(size=(2000, 2000)),
        jpeg() + b"x" * 70_000,
    ],
)
def test_what_is_no_small_jpeg_is_not_shown(data: bytes) -> None:
    assert picture({"answer.0": data}, "answer.0") is None
    assert "<img" not in html(confused(answer_0=data))


def test_pictures_that_no_confusion_has_are_not_shown() -> None:
    assert "<img" not in html(confused(answer_20=jpeg(), sku_2=jpeg(), evil=jpeg()))


def test_plots_have_a_title_and_words_for_those_who_do_not_see_them() -> None:
    page = html(confused())
    for name in ("reliability", "precision"):
        assert f'aria-labelledby="{name}-title {name}-desc"' in page
        assert re.search(rf'<desc id="{name}-desc">.*\d+% .*</desc>', page)


def test_tables_have_headers() -> None:
    page = html(confused())
    tables = re.findall(r"<table.*?</table>", page, re.DOTALL)
    assert len(tables) >= 3
    assert all('<th scope="col"' in table and '<th scope="row"' in table for table in tables)


def test_a_tenth_beyond_chance_has_a_shape_of_its_own() -> None:
    bare, certain = confused(), np.full(60, 0.9)
    wrong = Calibration(certain, np.zeros(60, bool), np.ones(60, bool), np.ones(60))
    page = html(replace(bare, calibration=wrong))
    assert 'class="r-off"' in page
    assert 'class="r-dot" cx' not in page.split("Precision against coverage</title>")[0]


def test_of_nothing_asked_it_says_so() -> None:
    page = html(unasked())
    assert "asked about no product of its SKUs" in page
    assert "<svg" not in page


def test_many_confusions_are_folded_away() -> None:
    names = tuple(f"SKU{number}" for number in range(30))
    page = html(report([(number, (number + 1) % 30) for number in range(30)], skus=names))
    assert "14 more pairs" in page
    assert "And 10 more, which the JSON lists." in page


def test_long_names_may_break_at_their_joints() -> None:
    told = replace(confused(), skus=("RED_CAN-330ML", "GREEN", "BLUE"))
    assert "RED_<wbr>CAN-<wbr>330ML" in html(told)
