"""A tenant with a key, and installations of their own for tests with many processes."""

import os
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from django.core.cache import cache
from psycopg import sql

from tenants import keys
from tenants.models import ApiKey, Tenant
from tests.live_server import Site

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432")


@pytest.fixture(autouse=True)
def nothing_counted_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def tenant(db: None) -> Tenant:
    return Tenant.objects.create(name="Alpha", monthly_quota=10)


@pytest.fixture
def issued(tenant: Tenant) -> tuple[ApiKey, str]:
    return keys.issue(tenant, label="tills")


@pytest.fixture
def key(issued: tuple[ApiKey, str]) -> ApiKey:
    return issued[0]


@pytest.fixture
def text(issued: tuple[ApiKey, str]) -> str:
    return issued[1]


def postgres_database() -> Iterator[str]:
    """A fresh database, dropped afterwards; skips where PostgreSQL does not answer."""
    try:
        server = psycopg.connect(f"{POSTGRES}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        pytest.skip(f"PostgreSQL does not answer at {POSTGRES} (TEST_POSTGRES_URL names another): {error}")
    name = f"test_sku_{uuid.uuid4().hex[:8]}"
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield f"{POSTGRES}/{name}"
    server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    server.close()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def installation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A migrated installation on each database; several processes may use it at once."""
    site = Site(tmp_path_factory.mktemp(request.param))
    database = postgres_database() if request.param == "postgresql" else iter([None])
    url = next(database)
    if url:
        site.settings["DATABASE_URL"] = url
    site.manage("migrate", "--verbosity", "0")
    yield site
    next(database, None)
