"""Commands for those who automate: one line of JSON, the last on stdout."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tenants import keys, quota
from tenants.errors import KeyRefused
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


def test_suspend_and_resume_key_do_what_they_say(key: ApiKey) -> None:
    states = [run(command, key.key_id)["state"] for command in ("suspend_key", "resume_key")]
    assert states == ["suspended", ApiKey.objects.get().state] == ["suspended", "active"]


@pytest.mark.parametrize("command", ["suspend_key", "resume_key"])
def test_a_revoked_key_is_not_moved_by_a_command(key: ApiKey, command: str) -> None:
    key.revoke()
    with pytest.raises(CommandError, match="final"):
        run(command, key.key_id)


def test_expire_key_ends_it_now(key: ApiKey) -> None:
    run("expire_key", key.key_id)
    with pytest.raises(KeyRefused, match="expired"):
        ApiKey.objects.get().check_usable("")


def test_expire_key_takes_a_time_in_utc(key: ApiKey) -> None:
    told = run("expire_key", key.key_id, "--at", "2030-01-01T12:00")
    assert told["expires_at"] == "2030-01-01T12:00:00+00:00"


def test_rotate_key_tells_a_new_key_and_how_long_the_old_one_works(key: ApiKey) -> None:
    told = run("rotate_key", key.key_id, "--grace-days", "2")
    assert keys.prove(told["key"]).key_id == told["id"]
    assert (told["replaces"], told["tenant"]) == (key.key_id, "alpha")
    assert told["old_key_until"] == ApiKey.objects.get(pk=key.pk).expires_at.isoformat()  # type: ignore[union-attr]


def test_a_rotation_that_cannot_be_is_said_in_words(key: ApiKey) -> None:
    key.revoke()
    with pytest.raises(CommandError, match="Only an active key"):
        run("rotate_key", key.key_id)


def test_issue_key_takes_networks_and_an_end(tenant: Tenant) -> None:
    run("issue_key", "alpha", "--networks", "203.0.113.0/24", "::1", "--expires-at", "2030-01-01")
    issued = ApiKey.objects.get()
    assert issued.allowed_networks == "203.0.113.0/24\n::1"
    assert str(issued.expires_at) == "2030-01-01 00:00:00+00:00"


def test_issue_key_refuses_what_is_no_network(tenant: Tenant) -> None:
    with pytest.raises(CommandError, match="is no network"):
        run("issue_key", "alpha", "--networks", "office")


def test_a_command_about_a_key_that_is_none_says_where_ids_stand(db: None) -> None:
    with pytest.raises(CommandError, match="sku_live_<id>"):
        run("rotate_key", "nothing")


def test_issue_key_takes_a_cap(tenant: Tenant) -> None:
    run("issue_key", "alpha", "--monthly-cap", "5")
    assert ApiKey.objects.get().monthly_cap == 5


def test_top_up_tells_the_new_limit(tenant: Tenant) -> None:
    told = run("top_up", "alpha", "90", "--reason", "campaign")
    assert (told["tenant"], told["limit"], told["used"]) == ("alpha", 100, 0)


def test_usage_tells_this_month(key: ApiKey) -> None:
    quota.reserve(key).settle()
    told = run("usage", "alpha")
    assert (told["used"], told["remaining"]) == (1, 9)


def test_usage_of_a_month_without_requests_is_nought(key: ApiKey) -> None:
    assert run("usage", "alpha", "--month", "2020-01") == {"tenant": "alpha", "month": "2020-01", "used": 0}
