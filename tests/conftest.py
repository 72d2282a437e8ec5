"""Fixtures for everybody: an installation with a tiny release, served by a real gunicorn."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser import browser, page  # noqa: F401 - fixtures for everybody
from tests.demo_service import demo  # noqa: F401
from tests.live_server import Site, install, serving


@dataclass(frozen=True)
class Service:
    """A running server: its address, a key of tenant A, one pinned to version 1.0, one of tenant B."""

    url: str
    site: Site
    key: str
    key_v1: str
    other_key: str


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests import tiny_release

    folder = tmp_path_factory.mktemp("bundles") / "tiny"
    tiny_release.write(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_site(tmp_path_factory: pytest.TempPathFactory, tiny_bundle: Path) -> Site:
    """A migrated installation in which TINY/ONE@1 is active."""
    return install(tmp_path_factory.mktemp("site"), tiny_bundle)


@pytest.fixture(scope="session")
def service(tiny_site: Site) -> Iterator[Service]:
    for name in ("Alpha", "Beta"):
        tiny_site.manage("create_tenant", name, "--quota", "100000")
    keys = [
        tiny_site.manage_json("issue_key", "alpha")["key"],
        tiny_site.manage_json("issue_key", "alpha", "--api-version", "1.0")["key"],
        tiny_site.manage_json("issue_key", "beta")["key"],
    ]
    with serving(tiny_site) as url:
        yield Service(url, tiny_site, *keys)
