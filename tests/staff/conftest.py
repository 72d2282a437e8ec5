"""Staff with a browser at a running service."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from tests.live_server import ROOT, Site, serving
from tests.skuapi.edge import copy_of


@dataclass(frozen=True)
class Office:
    """key: of Alpha Foods, the tenant with the primary key 1. session: of a superuser."""

    url: str
    key: str
    session: str

    def opened_by(self, browser: Browser, width: int, height: int) -> Page:
        """A page of somebody who is logged in; width, height: of the window, in pixels."""
        context = browser.new_context(viewport={"width": width, "height": height})
        context.add_cookies([{"name": "sessionid", "value": self.session, "url": self.url}])
        return context.new_page()


@pytest.fixture(scope="session")
def office(tiny_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    site = copy_of(tiny_site, tmp_path_factory.mktemp("office"))
    done = subprocess.run(
        [sys.executable, "-m", "tests.staff.office"], capture_output=True, text=True, timeout=180,
        cwd=ROOT, env={**site.environment, "DJANGO_SETTINGS_MODULE": "skuapi.settings"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with serving(site, app="bench.stub_wsgi:application") as url:
        yield Office(url, **json.loads(done.stdout.splitlines()[-1]))
