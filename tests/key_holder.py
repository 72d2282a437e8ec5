"""Fixtures for a folder whose conftest imports them: a tenant with a key, and nothing counted yet."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tenants import keys, last_use, notices
from tenants.models import ApiKey, Tenant


@pytest.fixture(autouse=True)
def nothing_counted_yet() -> Iterator[None]:
    """Burst limits and failed keys are counted in the cache; which quotas were told about, and which keys used, in the
    process."""
    cache.clear()
    notices._known.clear()
    last_use._waiting.clear()
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
