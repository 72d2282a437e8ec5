"""What a screen reader needs of every page, and what the content policy of later will ask."""

from collections import Counter
from itertools import pairwise

import pytest
from django.test import Client

from tests.portal.conftest import HTML
from tests.portal.markup import Element, Markup

OPEN = ("/", "/docs/v1", "/api/login", "/api/v1/predict", "/nowhere")
BEHIND_LOGIN = ("/api/v1/predict", "/api/v1/usage", "/api/v1/models", "/api/v1/nothing")
PAGES = [*(("open", path) for path in OPEN), *(("logged in", path) for path in BEHIND_LOGIN)]


@pytest.fixture(params=PAGES, ids=lambda page: f"{page[1]} {page[0]}")
def markup(request: pytest.FixtureRequest, person: Client) -> Markup:
    who, path = request.param
    client = person if who == "logged in" else Client()
    return Markup(client.get(path, **HTML).content.decode())


def test_a_page_says_its_language(markup: Markup) -> None:
    assert markup.all("html")[0].attributes["lang"] == "en"


def test_a_page_has_one_heading_of_the_first_rank(markup: Markup) -> None:
    assert len(markup.all("h1")) == 1


def test_headings_skip_no_rank(markup: Markup) -> None:
    ranks = [int(heading.tag[1]) for heading in markup.all("h1", "h2", "h3", "h4")]
    assert all(after <= before + 1 for before, after in pairwise(ranks))


def test_a_page_has_one_main_part_which_the_skip_link_reaches(markup: Markup) -> None:
    first = markup.all("a")[0].attributes["href"]
    assert [first] == [f"#{main.attributes['id']}" for main in markup.all("main")]


def test_every_field_has_a_label(markup: Markup) -> None:
    labelled = {label.attributes.get("for") for label in markup.all("label")}
    shown = [one for one in markup.all("input", "select", "textarea") if one.attributes.get("type") != "hidden"]
    assert [one.attributes for one in shown if one.attributes.get("id") not in labelled] == []


def has_a_name(element: Element) -> bool:
    return bool(element.text.strip() or element.attributes.get("aria-label"))


def test_every_link_and_button_has_a_name(markup: Markup) -> None:
    assert [one.attributes for one in markup.all("a", "button") if not has_a_name(one)] == []


def test_every_navigation_has_a_name(markup: Markup) -> None:
    assert all(nav.attributes.get("aria-label") for nav in markup.all("nav"))


def test_every_picture_has_a_text(markup: Markup) -> None:
    drawings = [svg for svg in markup.all("svg") if svg.attributes.get("aria-hidden") != "true"]
    assert all(image.attributes.get("alt") for image in markup.all("img"))
    assert all(svg.attributes.get("aria-label") for svg in drawings)


def test_no_id_stands_twice(markup: Markup) -> None:
    ids = Counter(one.attributes["id"] for one in markup.elements if "id" in one.attributes)
    assert [name for name, count in ids.items() if count > 1] == []


def test_every_link_within_the_page_leads_somewhere(markup: Markup) -> None:
    ids = {one.attributes.get("id") for one in markup.elements}
    inner = [link.attributes["href"] for link in markup.all("a") if link.attributes["href"].startswith("#")]
    assert [target for target in inner if target[1:] not in ids] == []


def scripts(markup: Markup) -> list[Element]:
    """Data in a script element is never run."""
    return [one for one in markup.all("script") if one.attributes.get("type") != "application/json"]


def test_no_page_has_a_script_of_its_own(markup: Markup) -> None:
    assert all(script.attributes.get("src") for script in scripts(markup))


def test_no_page_has_styles_or_handlers_in_its_markup(markup: Markup) -> None:
    names = {name for one in markup.elements for name in one.attributes}
    assert [name for name in names if name == "style" or name.startswith("on")] == []


def test_no_page_names_a_file_of_another_host(markup: Markup) -> None:
    named = [*scripts(markup), *markup.all("link", "img")]
    addresses = [one.attributes.get("src") or one.attributes["href"] for one in named]
    assert all(address.startswith(("/static/", "data:")) for address in addresses)
