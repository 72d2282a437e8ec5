"""Staff with a browser at a running service; and for log-ins, a member of staff with a second factor."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import totp
from playwright.sync_api import Browser, Page
from pytest_django import Settings

from staff.models import Authenticator
from tests.key_holder import issued, key, nothing_counted_yet, tenant, text  # noqa: F401 - fixtures
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
