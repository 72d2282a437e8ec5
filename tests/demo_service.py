"""A demo to look at: a server whose model is called as in the published examples, with keys on its pages.

Host and key are then the only differences between the published examples and what the pages show, and
both are filled in by the pages themselves: the tests change nothing.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.live_server import Site, install, serving

CATEGORY, BRAND = "DRINKS", "JORDINA"
ALLOW = "from tenants.models import Tenant; Tenant.objects.filter(slug={slug!r}).update(allowed_origins={origins!r})"


@dataclass(frozen=True)
class Demo:
    """A running server with a demo tenant."""

    url: str
    site: Site
    key: str
    key_v1: str

    def allow_origins(self, origins: str, slug: str = "demo") -> None:
        self.site.manage("shell", "--no-imports", "-c", ALLOW.format(slug=slug, origins=origins))

    def new_key(self) -> tuple[str, str]:
        """Another key of the demo tenant: its id and its text."""
        issued = self.site.manage_json("issue_key", "demo")
        return issued["id"], issued["key"]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    from tests import tiny_release

    tiny_release.write(folder / "bundle", BRAND, category=CATEGORY)
    site = install(folder, folder / "bundle")
    site.manage("create_tenant", "Demo", "--quota", "1000000")
    key = site.manage_json("issue_key", "demo")["key"]
    key_v1 = site.manage_json("issue_key", "demo", "--api-version", "1.0")["key"]
    (folder / "demo.json").write_text(json.dumps({"api_key": key, "api_key_v1": key_v1}))
    with serving(site) as url:
        yield Demo(url, site, key, key_v1)
