"""Installations of their own for tests with many processes."""

import os
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import User
from django.test import Client
from psycopg import sql

from tests.key_holder import issued, key, nothing_counted_yet, tenant, text  # noqa: F401 - fixtures
from tests.live_server import Site
from tests.tenants.filled import filled, release  # noqa: F401 - fixtures

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432")


def postgres_server() -> "psycopg.Connection[Any]":
    """A connection to POSTGRES; skips where it does not answer."""
    try:
        return psycopg.connect(f"{POSTGRES}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        pytest.skip(f"PostgreSQL does not answer at {POSTGRES} (TEST_POSTGRES_URL names another): {error}")


def postgres_database() -> Iterator[str]:
    """A fresh database, dropped afterwards."""
    server = postgres_server()
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


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    """Somebody who may do everything in admin."""
    client.force_login(User.objects.create_superuser("staff"))
    return client
