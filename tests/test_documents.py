"""The documents in the repository say what the code does."""

import re

import pytest

from tests.live_server import ROOT

ENVIRONMENT = ROOT / "skuapi" / "settings" / "environment.py"
SETTINGS = set(re.findall(r'(?:env\.\w+|_secret)\("([A-Z_]+)"', ENVIRONMENT.read_text()))


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_setting_is_in_the_operating_guide(name: str) -> None:
    assert f"`{name}`" in (ROOT / "docs" / "operating.md").read_text()


@pytest.mark.parametrize("document", ["README.md", *(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/*.md"))])
def test_every_local_link_leads_somewhere(document: str) -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", (ROOT / document).read_text())
    assert [link for link in links if not ((ROOT / document).parent / link).exists()] == []


def test_the_readme_names_the_two_commands() -> None:
    assert {"make demo", "make test"} <= set(re.findall(r"make \w+", (ROOT / "README.md").read_text()))
