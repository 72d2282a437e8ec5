"""From where a key may be used."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django import Settings

from tenants.models import ApiKey
from tenants.networks import allows, validate_networks

OFFICE = "203.0.113.0/24\n2001:db8::/32"


@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8::1"])
def test_an_address_inside_is_allowed(address: str) -> None:
    assert allows(OFFICE, address)


@pytest.mark.parametrize("address", ["203.0.114.1", "2001:db9::1", "", "unix:", "203.0.113.7.1"])
def test_anything_else_is_not(address: str) -> None:
    assert not allows(OFFICE, address)


@pytest.mark.parametrize("address", ["203.0.113.7", "::1", ""])
def test_without_networks_every_address_is_allowed(address: str) -> None:
    assert allows("", address)


@pytest.mark.parametrize("text", ["203.0.113.0/33", "203.0.113.7/24", "office", "203.0.113.0/24, 198.51.100.0/24"])
def test_what_is_no_network_is_refused_and_named(text: str) -> None:
    with pytest.raises(ValidationError, match="is no network"):
        validate_networks(text)


def ask(client: Client, text: str, **extra: Any) -> Any:
    return client.get("/api/v1/usage", headers={"X-API-Key": text}, **extra)


@pytest.fixture
def at_the_office(key: ApiKey) -> None:
    ApiKey.objects.filter(pk=key.pk).update(allowed_networks=OFFICE)


@pytest.mark.usefixtures("at_the_office")
@pytest.mark.parametrize("address", ["203.0.113.9", "::ffff:203.0.113.9", "2001:db8::1%eth0"])
def test_a_key_is_used_from_its_network(client: Client, text: str, address: str) -> None:
    assert ask(client, text, REMOTE_ADDR=address).status_code == 200


@pytest.mark.usefixtures("at_the_office")
@pytest.mark.parametrize("address", ["198.51.100.1", "::ffff:198.51.100.1"])
def test_from_elsewhere_it_is_a_403_that_says_why(client: Client, text: str, address: str) -> None:
    answer = ask(client, text, REMOTE_ADDR=address)
    assert (answer.status_code, answer.json()["code"]) == (403, "network_not_allowed")


@pytest.mark.usefixtures("at_the_office")
def test_an_address_that_the_client_has_made_up_opens_nothing(client: Client, text: str) -> None:
    answer = ask(client, text, REMOTE_ADDR="198.51.100.1", HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert answer.status_code == 403


@pytest.mark.usefixtures("at_the_office")
@pytest.mark.parametrize(("forwarded", "status"), [("203.0.113.9", 200), ("203.0.113.9, 198.51.100.1", 403)])
def test_behind_a_proxy_its_word_counts_and_no_other(
    client: Client, text: str, settings: Settings, forwarded: str, status: int
) -> None:
    settings.TRUSTED_PROXIES = 1
    answer = ask(client, text, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert answer.status_code == status
