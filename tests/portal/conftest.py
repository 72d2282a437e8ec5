"""A tenant with a key, and a browser of Django's own for pages that need no real one."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from tenants import keys
from tenants.models import ApiKey, Tenant

HTML = {"HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


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
    return keys.issue(tenant)


@pytest.fixture
def key(issued: tuple[ApiKey, str]) -> ApiKey:
    return issued[0]


@pytest.fixture
def text(issued: tuple[ApiKey, str]) -> str:
    return issued[1]


@pytest.fixture
def person(text: str) -> Client:
    """Somebody who has logged in with the key."""
    client = Client(headers={"accept": HTML["HTTP_ACCEPT"]})
    assert client.post("/api/login", {"api_key": text}).status_code == 302
    return client
