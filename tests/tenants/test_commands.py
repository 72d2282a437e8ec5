"""Commands for those who automate: one line of JSON, the last on stdout."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tenants import keys, quota
from tenants.models import ApiKey, Tenant


def run(*arguments: str) -> Any:
    out = StringIO()
    call_command(*arguments, "--json", stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == 1
    return json.loads(lines[0])


def test_create_tenant_tells_slug_name_and_quota(db: None) -> None:
    told = run("create_tenant", "Corner Shop", "--quota", "50")
    assert told == {"slug": "corner-shop", "name": "Corner Shop", "quota": 50}


def test_a_name_in_arabic_is_told_as_it_is_written(db: None) -> None:
    assert run("create_tenant", "شركة", "--quota", "1")["name"] == "شركة"


def test_a_negative_quota_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="monthly_quota"):
        run("create_tenant", "Corner Shop", "--quota", "-1")


def test_an_address_that_is_none_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="contact_email"):
        run("create_tenant", "Corner Shop", "--quota", "1", "--email", "nobody")


def test_issue_key_tells_a_key_that_works(tenant: Tenant) -> None:
    told = run("issue_key", "alpha")
    assert keys.prove(told["key"]).key_id == told["id"]


def test_issue_key_tells_whose_key_it_is(tenant: Tenant) -> None:
    assert run("issue_key", "alpha")["tenant"] == "alpha"


@pytest.mark.parametrize("scopes", [["predict", "status"], ["predict,status"]])
def test_issue_key_takes_scopes_apart_or_with_commas(tenant: Tenant, scopes: list[str]) -> None:
    run("issue_key", "alpha", "--scopes", *scopes)
    assert ApiKey.objects.get().scopes == ["predict", "status"]


def test_issue_key_pins_the_version(tenant: Tenant) -> None:
    run("issue_key", "alpha", "--api-version", "1.0")
    assert ApiKey.objects.get().api_version == "1.0"


def test_issue_key_makes_test_keys(tenant: Tenant) -> None:
    assert run("issue_key", "alpha", "--test")["key"].startswith("sku_test_")


def test_an_unknown_tenant_is_named(db: None) -> None:
    with pytest.raises(CommandError, match="no tenant nobody"):
        run("issue_key", "nobody")


def test_revoke_key_revokes(key: ApiKey) -> None:
    run("revoke_key", key.key_id)
    assert ApiKey.objects.get().state == "revoked"


def test_usage_tells_this_month(key: ApiKey) -> None:
    quota.reserve(key).settle()
    told = run("usage", "alpha")
    assert (told["used"], told["remaining"]) == (1, 9)


def test_usage_of_a_month_without_requests_is_nought(key: ApiKey) -> None:
    assert run("usage", "alpha", "--month", "2020-01") == {"tenant": "alpha", "month": "2020-01", "used": 0}
