"""An installation on PostgreSQL, where there is one."""

from collections.abc import Iterator

import pytest

from tests.live_server import Site
from tests.tenants.conftest import postgres_database


@pytest.fixture(scope="module")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    for url in postgres_database():
        site = Site(tmp_path_factory.mktemp("postgresql"), {"DATABASE_URL": url})
        site.manage("migrate", "--verbosity", "0")
        yield site
