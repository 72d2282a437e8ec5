"""A tenant with a key, and somebody who is logged in at admin."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from tests.key_holder import issued, key, nothing_counted_yet, tenant, text  # noqa: F401 - fixtures

Someone = Callable[..., Client]


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("staff"))
    return client


@pytest.fixture
def someone(client: Client, db: None) -> Someone:
    """Logs in a member of staff with these permissions alone."""

    def log_in(*permissions: str) -> Client:
        user = User.objects.create_user("someone", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        client.force_login(user)
        return client

    return log_in
