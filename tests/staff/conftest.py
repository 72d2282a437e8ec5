"""Fixtures for log-ins: a member of staff, and a second factor that is asked for."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import totp
from pytest_django import Settings

from staff.models import Authenticator
from tests.key_holder import issued, key, nothing_counted_yet, tenant, text  # noqa: F401 - fixtures

PASSWORD = "a long and winding password"
LOGIN, CODE, ENROL, INDEX = "/admin/login/", "/admin/login/code/", "/admin/login/enrol/", "/admin/"


def code_of(device: Authenticator, drift: int = 0) -> str:
    """What the app shows; drift: half minutes from now."""
    return f"{totp(device.bin_key, drift=drift):06d}"


def rested(device: Authenticator) -> None:
    """As if the pause after a wrong code were over."""
    kind = type(device)
    kind.objects.filter(pk=device.pk).update(throttling_failure_timestamp=None, throttling_failure_count=0)


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """Dozens of log-ins with the real hash, which is slow on purpose, would take minutes."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def two_factors(settings: Settings) -> None:
    settings.STAFF_TWO_FACTOR = True


@pytest.fixture
def amal(db: None) -> User:
    return User.objects.create_superuser("amal", password=PASSWORD)


@pytest.fixture
def phone(amal: User) -> Authenticator:
    """Amal's, enrolled."""
    return Authenticator.objects.create(user=amal, name="phone")


@pytest.fixture
def half_way(client: Client, two_factors: None, phone: Authenticator) -> Client:
    """Amal's password is given."""
    answer = client.post(LOGIN, {"username": "amal", "password": PASSWORD})
    assert answer["Location"] == CODE
    return client
