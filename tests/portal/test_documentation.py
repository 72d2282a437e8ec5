"""The pages name their own server, and keep the demo's key to the machine that serves the demo."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

KEYS = {"api_key": "sku_live_current", "api_key_v1": "sku_live_pinned"}


@pytest.fixture
def demo_file(settings: Any, tmp_path: Path) -> Path:
    settings.DEMO_SECRETS_FILE = tmp_path / "demo.json"
    settings.DEMO_SECRETS_FILE.write_text(json.dumps(KEYS))
    return tmp_path / "demo.json"


@pytest.fixture
def public(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["api.shop.example", "localhost"]
    settings.SERVES_LOOPBACK_ONLY = False


def page(path: str = "/", **extra: Any) -> str:
    """As seen from the machine itself, unless a test says otherwise."""
    return Client().get(path, **{"HTTP_HOST": "localhost", **extra}).content.decode()


@pytest.mark.parametrize("path", ["/", "/docs/v1"])
def test_the_examples_call_the_server_that_shows_them(path: str, public: None) -> None:
    shown = page(path, HTTP_HOST="api.shop.example", secure=True)
    assert shown.count("https://api.shop.example/api/v1/predict") >= 3


@pytest.mark.usefixtures("demo_file")
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000"])
def test_the_demo_key_is_filled_in_at_the_machine_itself(host: str) -> None:
    assert page(HTTP_HOST=host).count("sku_live_current") >= 4


@pytest.mark.usefixtures("demo_file")
def test_the_page_of_version_1_has_the_key_pinned_to_it() -> None:
    assert page("/docs/v1").count("sku_live_pinned") >= 4


@pytest.mark.usefixtures("demo_file", "public")
@pytest.mark.parametrize("path", ["/", "/docs/v1", "/api/login"])
def test_a_public_host_never_shows_the_demo_key(path: str) -> None:
    assert "sku_live" not in page(path, HTTP_HOST="api.shop.example").replace("sku_live_…", "")


@pytest.mark.usefixtures("demo_file", "public")
def test_a_forged_host_does_not_bring_out_the_demo_key() -> None:
    assert "sku_live_current" not in page(HTTP_HOST="localhost")


@pytest.mark.usefixtures("demo_file")
@pytest.mark.parametrize("peer", ["192.0.2.7", "", "unix"])
def test_a_visitor_from_elsewhere_does_not_see_the_demo_key(peer: str) -> None:
    assert "sku_live_current" not in page(REMOTE_ADDR=peer)


@pytest.mark.usefixtures("demo_file")
def test_a_visitor_behind_a_proxy_does_not_see_the_demo_key() -> None:
    assert "sku_live_current" not in page(HTTP_X_FORWARDED_FOR="192.0.2.7")


@pytest.mark.parametrize("content", ["", "[]", "{not json", '{"api_key": 7}'])
def test_a_broken_demo_file_leaves_the_placeholder(content: str, demo_file: Path) -> None:
    demo_file.write_text(content)
    assert "your-api-key-here" in page()


def test_a_wrong_method_on_a_page_is_answered_in_json() -> None:
    answer = Client().post("/")
    told = (answer.status_code, answer["Allow"], answer.json()["code"])
    assert told == (405, "GET, HEAD, OPTIONS", "method_not_allowed")
