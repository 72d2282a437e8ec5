"""A browser of Django's own for pages that need no real one."""

import pytest
from django.test import Client

from tests.key_holder import issued, key, nothing_counted_yet, tenant, text  # noqa: F401 - fixtures

HTML = {"HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def person(text: str) -> Client:  # noqa: F811 - the fixture imported above
    """Somebody who has logged in with the key."""
    client = Client(headers={"accept": HTML["HTTP_ACCEPT"]})
    assert client.post("/api/login", {"api_key": text}).status_code == 302
    return client
