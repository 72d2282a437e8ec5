"""When and from where a key was last used: right to a minute, and written by no request."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tenants import last_use
from tenants.models import ApiKey

HERE, THERE = "192.0.2.7", "198.51.100.1"


def used() -> ApiKey:
    last_use.write()
    return ApiKey.objects.get()


def ask(client: Client, text: str, address: str) -> None:
    client.get("/api/v1/usage", headers={"X-API-Key": text}, REMOTE_ADDR=address)


@pytest.mark.parametrize("address", [THERE, f"::ffff:{THERE}"])
def test_the_last_use_tells_from_where(client: Client, text: str, address: str) -> None:
    ask(client, text, address)
    assert used().last_used_from == THERE


def test_a_use_from_no_address_is_noted_all_the_same(client: Client, text: str) -> None:
    ask(client, text, "")
    key = used()
    assert key.last_used_at is not None
    assert key.last_used_from is None


def test_noting_costs_no_query(key: ApiKey, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        last_use.note(key, HERE)
    assert last_use.is_waiting()


def test_a_second_use_within_a_minute_is_not_noted(key: ApiKey) -> None:
    last_use.note(key, HERE)
    used()
    last_use.note(key, HERE)
    assert not last_use.is_waiting()


def test_a_use_after_a_minute_is_noted_again(key: ApiKey) -> None:
    later = timezone.now() + timedelta(seconds=61)
    last_use.note(key, HERE)
    last_use.note(key, HERE, later)
    assert used().last_used_at == later


def test_an_older_use_does_not_take_the_place_of_a_newer_one(key: ApiKey) -> None:
    """Of another process, say, which has written in between."""
    now = timezone.now()
    last_use.note(key, HERE, now)
    ApiKey.objects.update(last_used_at=now + timedelta(seconds=1), last_used_from=THERE)
    assert used().last_used_from == THERE


def test_what_could_not_be_written_is_written_later(key: ApiKey, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> int:
        raise OperationalError("the connection is lost")

    last_use.note(key, HERE)
    with monkeypatch.context() as broken:
        broken.setattr(last_use, "_written", away)
        with pytest.raises(OperationalError):
            last_use.write()
    assert used().last_used_from == HERE
