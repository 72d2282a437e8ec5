"""Errors, robots.txt and the icon."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.test import Client, RequestFactory

from skuapi.errors import failed
from tests.portal.conftest import HTML


def test_an_unknown_address_is_a_page_for_a_browser() -> None:
    page = Client().get("/nowhere", **HTML)
    assert (page.status_code, "There is nothing on this shelf" in page.content.decode()) == (404, True)


def test_an_unknown_address_is_json_for_a_program() -> None:
    assert Client().get("/nowhere").json()["code"] == "not_found"


def test_what_was_asked_for_is_escaped_on_the_page() -> None:
    assert "<script>alert" not in Client().get("/<script>alert(1)</script>", **HTML).content.decode()


def test_a_failure_is_a_page_for_a_browser_that_needs_no_database(settings: Any) -> None:
    page = failed(RequestFactory().get("/", **HTML))
    assert (page.status_code, "Something broke on our side" in page.content.decode()) == (500, True)


def test_what_staff_may_not_do_is_a_page_for_a_browser(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("viewer", is_staff=True))
    page = client.get("/admin/tenants/tenant/", **HTML)
    assert (page.status_code, "You may not do this" in page.content.decode()) == (403, True)


def test_what_staff_may_not_do_is_json_for_a_program(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("viewer", is_staff=True))
    answer = client.get("/admin/tenants/tenant/")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_crawlers_are_kept_out_of_the_api_and_the_admin() -> None:
    lines = Client().get("/robots.txt").content.decode().splitlines()
    assert {"Disallow: /api/", "Disallow: /admin/"} <= set(lines)


def test_the_icon_that_browsers_ask_for_by_themselves_is_ours() -> None:
    assert Client().get("/favicon.ico")["Location"] == "/static/portal/favicon.svg"


@pytest.mark.parametrize("path", ["/", "/docs/v1", "/api/login", "/nowhere"])
def test_every_file_a_page_names_exists(path: str, db: None) -> None:
    named = re.findall(r'(?:src|href)="/static/([^"]+)"', Client().get(path, **HTML).content.decode())
    assert named
    assert all(finders.find(name) for name in named)
