"""The text of a key: what it looks like, what proves it, and that it is kept nowhere."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from tenants import keys
from tenants.errors import KeyUnknown
from tenants.models import ApiKey, Tenant


def altered(text: str, position: int) -> str:
    """Another well-formed key: one character changed, and the checksum made right again."""
    body = list(text[: -keys.CHECKSUM_LENGTH])
    body[position] = "a" if body[position] != "a" else "b"
    return "".join(body) + keys.checksum("".join(body))


def refusal(text: str) -> tuple[str, str]:
    with pytest.raises(KeyUnknown) as caught:
        keys.prove(text)
    return caught.value.code, caught.value.message


def test_a_live_key_says_so(text: str) -> None:
    assert re.fullmatch(r"sku_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}", text)


def test_a_test_key_says_so(tenant: Tenant) -> None:
    assert keys.issue(tenant, is_test=True)[1].startswith("sku_test_")


def test_an_issued_key_is_proven(key: ApiKey, text: str) -> None:
    assert keys.prove(text) == key


def test_proving_a_key_costs_one_query(text: str, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert keys.prove(text).tenant.name == "Alpha"


@pytest.mark.parametrize("position", [4, 12, 30, 50])
def test_a_typing_error_is_found_without_a_query(
    text: str, position: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mistyped = text[:position] + ("x" if text[position] != "x" else "y") + text[position + 1 :]
    with django_assert_num_queries(0):
        refusal(mistyped)


def test_two_characters_swapped_are_found_by_the_checksum(text: str) -> None:
    place = next(i for i in range(25, 50) if text[i] != text[i + 1])
    assert keys.key_id_in(text[:place] + text[place + 1] + text[place] + text[place + 2 :]) is None


BROKEN = {
    "empty": lambda text: "",
    "truncated": lambda text: text[:-1],
    "overlong": lambda text: text + "a",
    "very long": lambda text: "sku_live_" + "a" * 100_000,
    "non-ASCII": lambda text: text[:-1] + "é",
    "digits of another script": lambda text: text[:-1] + "٣",
    "surrounded by a newline": lambda text: text + "\n",
    "bad checksum": lambda text: text[:-1] + ("a" if text[-1] != "a" else "b"),
    "unknown id": lambda text: altered(text, 12),
    "wrong secret": lambda text: altered(text, 40),
    "live key called a test key": lambda text: altered(text.replace("live", "test"), 40),
}


@pytest.mark.parametrize("name", BROKEN)
def test_every_wrong_key_is_refused_in_the_same_words(text: str, name: str) -> None:
    assert refusal(BROKEN[name](text)) == refusal("nothing like a key")


def test_a_live_key_does_not_pass_as_a_test_key(text: str) -> None:
    body = text[: -keys.CHECKSUM_LENGTH].replace("live", "test")
    refusal(body + keys.checksum(body))


def test_a_key_stays_valid_when_a_newer_pepper_is_added(key: ApiKey, text: str, settings: Settings) -> None:
    settings.API_KEY_PEPPERS = {**settings.API_KEY_PEPPERS, 99: "n" * 40}
    assert keys.prove(text) == key


def test_new_keys_are_sealed_with_the_newest_pepper(tenant: Tenant, settings: Settings) -> None:
    settings.API_KEY_PEPPERS = {**settings.API_KEY_PEPPERS, 99: "n" * 40}
    assert keys.issue(tenant)[0].pepper_version == 99


def test_a_key_whose_pepper_was_taken_away_is_unknown(text: str, settings: Settings) -> None:
    settings.API_KEY_PEPPERS = {99: "n" * 40}
    refusal(text)


def test_a_key_whose_pepper_was_taken_away_is_told_to_the_operator(
    key: ApiKey, text: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.API_KEY_PEPPERS = {99: "n" * 40}
    refusal(text)
    assert f"Key {key.key_id} needs version" in caplog.text


def test_an_unknown_id_says_nothing_of_keys_that_lost_their_pepper(
    text: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.API_KEY_PEPPERS = {99: "n" * 40}
    refusal(altered(text, 12))
    assert caplog.text == ""


def test_an_unknown_id_costs_what_a_wrong_secret_of_a_key_with_its_pepper_does(
    text: str, tenant: Tenant, settings: Settings
) -> None:
    """It finds the newest key: that of an older one may have lost its pepper."""
    settings.API_KEY_PEPPERS = {99: "n" * 40}
    newest, _ = keys.issue(tenant)
    found = keys.find(timezone.now(), "key_id", "A" * 12)
    assert found == newest


def test_another_pepper_of_the_same_version_proves_nothing(text: str, settings: Settings) -> None:
    settings.API_KEY_PEPPERS = dict.fromkeys(settings.API_KEY_PEPPERS, "x" * 40)
    refusal(text)


def test_the_secret_stands_nowhere_in_the_database(text: str) -> None:
    secret = text.split("_")[3]
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        dump = [cursor.execute(f'SELECT * FROM "{table}"') and cursor.fetchall() for table in tables]
    assert secret[:16] not in repr(dump)


def test_a_scope_that_does_not_exist_is_refused_when_the_key_is_issued(tenant: Tenant) -> None:
    with pytest.raises(ValidationError, match="no such scope"):
        keys.issue(tenant, scopes=["everything"])
