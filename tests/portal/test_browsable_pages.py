"""The browsable API: what a person's browser is shown where a program gets JSON."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from skuapi.portal.readable import readable_json
from tenants.models import ApiKey
from tests.portal.conftest import HTML
from tests.portal.markup import Markup

PREDICT, USAGE = "/api/v1/predict", "/api/v1/usage"


def shown(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_a_browser_without_a_key_is_told_how_to_get_one(db: None) -> None:
    page = Client().get(PREDICT, **HTML)
    links = {link.attributes.get("href") for link in Markup(page.content.decode()).all("a")}
    assert (page.status_code, "/api/login?next=/api/v1/predict" in links) == (401, True)


def test_a_browser_that_visits_predict_finds_the_form(person: Client) -> None:
    page = person.get(PREDICT)
    inputs = {one.attributes.get("name") for one in Markup(page.content.decode()).all("input", "select")}
    assert (page.status_code, {"image", "return_annotated"} <= inputs) == (200, True)


def test_a_program_that_gets_predict_is_told_to_post(text: str) -> None:
    answer = Client().get(PREDICT, headers={"x-api-key": text})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_the_visit_of_a_browser_still_names_the_methods(person: Client) -> None:
    assert "POST" in person.get(PREDICT)["Allow"]


def test_another_method_from_a_browser_stays_405(person: Client) -> None:
    assert person.put(PREDICT).status_code == 405


def field(client: Client, name: str) -> str:
    """What the form would send for this field if nobody touched it."""
    elements = Markup(shown(client, PREDICT)).elements
    at = next(i for i, one in enumerate(elements) if one.attributes.get("name") == name)
    if elements[at].tag == "input":
        return elements[at].attributes["value"]
    return next(one.attributes["value"] for one in elements[at:] if "selected" in one.attributes)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("category", "DRINKS"),
        ("brand", "JORDINA"),
        ("sku_conf", "0.5"),
        ("det_conf", "0.25"),
        ("show_unknown", "false"),
        ("return_annotated", "true"),
    ],
)
def test_the_form_is_filled_with_the_defaults_of_the_api(name: str, value: str, person: Client) -> None:
    assert field(person, name) == value


def test_every_option_of_the_form_is_always_sent(person: Client) -> None:
    assert not [one for one in Markup(shown(person, PREDICT)).all("input") if one.attributes["type"] == "checkbox"]


def test_an_error_stands_on_the_page_as_a_sentence(person: Client) -> None:
    page = person.post(PREDICT, {"category": "DRINKS", "brand": "JORDINA"})
    assert "<code>image</code> is missing" in page.content.decode()


def test_after_an_error_the_form_keeps_what_was_entered(person: Client) -> None:
    page = person.post(PREDICT, {"category": "CHIPS", "brand": "NOBODY", "show_unknown": "true"})
    assert 'value="NOBODY"' in page.content.decode()


@pytest.mark.parametrize("body", [b"--x\r\nbroken", b""])
def test_a_form_that_cannot_be_read_is_an_error_on_a_page(body: bytes, person: Client) -> None:
    page = person.post(PREDICT, body, content_type="multipart/form-data; boundary=x")
    assert (page.status_code, "<form" in page.content.decode()) == (400, True)


def test_what_a_person_enters_is_escaped(person: Client) -> None:
    photo = SimpleUploadedFile("shelf.jpg", b"no photo")
    page = person.post(PREDICT, {"image": photo, "category": "<script>alert(1)</script>", "brand": "B"})
    assert "<script>alert" not in page.content.decode()


def test_a_form_without_its_token_is_refused(person: Client) -> None:
    person.handler.enforce_csrf_checks = True
    answer = person.post(PREDICT, {"category": "DRINKS", "brand": "JORDINA"})
    assert answer.status_code == 403


def test_the_page_says_whose_key_it_is(person: Client, key: ApiKey) -> None:
    assert key.shown_prefix in shown(person, USAGE)


def test_the_page_shows_the_quota(person: Client) -> None:
    assert "<strong>0</strong> of 10 requests used this month, 10 left" in shown(person, USAGE)


def test_an_address_without_endpoint_is_a_page_for_a_browser(person: Client) -> None:
    page = person.get("/api/v1/predcit")
    assert (page.status_code, "There is no endpoint at /api/v1/predcit" in page.content.decode()) == (404, True)


def test_an_address_without_endpoint_says_so_to_a_visitor_without_a_key(db: None) -> None:
    page = Client().get("/api/v1/predcit", **HTML).content.decode()
    assert ("There is no endpoint at /api/v1/predcit" in page, "You need an API key" in page) == (True, False)


def test_too_many_visits_without_a_key_are_told_how_long_to_wait(settings: Any, db: None) -> None:
    settings.FAILED_KEYS_PER_MINUTE = 1
    _, page = (Client().get(USAGE, **HTML) for _ in range(2))
    assert (page.status_code, "Too many requests without a valid API key" in page.content.decode()) == (429, True)


def test_a_wrong_key_in_a_header_is_a_page_for_a_browser(db: None) -> None:
    page = Client().get(USAGE, headers={"x-api-key": "nonsense"}, **HTML)
    assert (page.status_code, "You need an API key here" in page.content.decode()) == (401, True)


def test_a_long_string_is_cut_on_the_page() -> None:
    assert len(readable_json({"annotated_image_base64": "A" * 1_000_000})) < 200


def test_a_box_stands_on_one_line() -> None:
    assert '"bbox": [1, 2, 3, 4]' in readable_json({"bbox": [1, 2, 3, 4]})


def test_what_is_not_long_is_shown_whole() -> None:
    assert '"sku": "عصير تفاح"' in readable_json({"sku": "عصير تفاح"})
