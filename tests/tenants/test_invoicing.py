"""Usage as CSV: every tenant of a month, to the unit, in any script."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tenants import keys, quota
from tenants.models import Tenant

OCTOBER, NOVEMBER = (datetime(2026, month, 15, tzinfo=UTC) for month in (10, 11))
EXPORT = "admin:tenants_usagemonth_export"


@pytest.fixture(autouse=True)
def used(db: None) -> None:
    for name, units in (("شركة الألبان", 3), ("Corner, Shop", 2)):
        key, _ = keys.issue(Tenant.objects.create(name=name, monthly_quota=10))
        for moment in [*[NOVEMBER] * units, OCTOBER]:
            quota.reserve(key, moment).settle()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))


def exported(staff: Client, **filters: str) -> str:
    answer = staff.get(reverse(EXPORT), filters)
    assert answer.status_code == 200
    return answer.getvalue().decode()  # type: ignore[attr-defined, no-any-return]


def test_every_month_of_every_tenant_is_there_to_the_unit(admin_client: Client) -> None:
    found = {(row["tenant"], row["month"]): row["used"] for row in rows(exported(admin_client))}
    assert found == {
        ("شركة الألبان", "2026-11"): "3", ("شركة الألبان", "2026-10"): "1",
        ("Corner, Shop", "2026-11"): "2", ("Corner, Shop", "2026-10"): "1",
    }  # fmt: skip


def test_the_filters_of_the_list_hold_for_the_export(admin_client: Client) -> None:
    found = rows(exported(admin_client, month__year="2026", month__month="11", q="Corner"))
    assert [(row["tenant"], row["used"]) for row in found] == [("Corner, Shop", "2")]


def test_it_begins_with_a_byte_order_mark_so_that_spreadsheets_read_any_script(admin_client: Client) -> None:
    assert exported(admin_client).startswith("\ufeff")


@pytest.mark.parametrize("name", ["=1+1", "+966 shop", "-", "@shop"])
def test_a_name_that_begins_like_a_formula_is_none(admin_client: Client, name: str) -> None:
    Tenant.objects.filter(slug="corner-shop").update(name=name)
    assert f"'{name}" in {row["tenant"] for row in rows(exported(admin_client))}


def test_staff_who_may_not_see_usage_may_not_export_it(client: Client) -> None:
    person = User.objects.create_user("layla", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_tenant"))
    client.force_login(person)
    assert client.get(reverse(EXPORT)).status_code == 403


def test_the_command_writes_the_same_for_one_month() -> None:
    out = StringIO()
    call_command("export_usage", "2026-11", stdout=out)
    assert [(row["tenant"], row["used"]) for row in rows(out.getvalue())] == [
        ("Corner, Shop", "2"), ("شركة الألبان", "3"),
    ]  # fmt: skip


def test_a_month_that_is_none_is_refused() -> None:
    with pytest.raises(CommandError, match="is no month"):
        call_command("export_usage", "November")
