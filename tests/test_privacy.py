"""The page about what is stored names everything that is."""

import re

import pytest
from django.apps import apps

from tests.live_server import ROOT

PAGE = (ROOT / "docs" / "privacy.md").read_text()
OWN = {"tenants", "modelstore", "staff"}
STORED = [model._meta for model in apps.get_models() if not model._meta.proxy]
NAMES = sorted(model.object_name if model.app_label in OWN else model.label for model in STORED)


@pytest.mark.parametrize("model", NAMES)
def test_every_model_of_every_app_is_named(model: str) -> None:
    """Those of libraries with the name of their app: two of them have a LogEntry."""
    assert f"`{model}`" in PAGE, f"docs/privacy.md says nothing of {model}: say what it holds and for how long"


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([A-Z]+_[A-Z_]+)`", PAGE))))
def test_every_setting_it_names_exists(name: str) -> None:
    assert f'"{name}"' in (ROOT / "skuapi" / "settings" / "environment.py").read_text()


@pytest.mark.parametrize("page", ["README.md", "docs/operating.md"])
def test_it_is_found_from(page: str) -> None:
    assert "privacy.md" in (ROOT / page).read_text()
