"""`manage.py erase_tenant`: asks, exports, erases, and holds nobody up meanwhile."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from staff.operator import account
from tenants.models import ApiKey, Tenant, UsageMonth
from tests.live_server import Site
from tests.tenants.filled import NAME

# Somebody else's connection writes while the command asks, and looks at the tenant before each piece goes.
AMONG_OTHERS = """
import builtins
import json
from concurrent.futures import ThreadPoolExecutor
from django.core.management import call_command
from django.db import connection
from tenants import erasure
from tenants.models import Tenant

def elsewhere(work):
    def done():
        try:
            return work()
        finally:
            connection.close()
    with ThreadPoolExecutor(1) as other:
        return other.submit(done).result()

def asked(question):
    elsewhere(lambda: Tenant.objects.create(name="Written while it asks"))
    return "going"

def looked(rows, real=erasure._in_pieces):
    seen.append(elsewhere(lambda: Tenant.objects.get(slug="going").is_active))
    return real(rows)

seen, builtins.input, erasure._in_pieces = [], asked, looked
Tenant.objects.create(name="Going")
call_command("erase_tenant", "going")
print(json.dumps([sorted(set(seen)), Tenant.objects.filter(slug="going").count()]))
"""


def test_the_command_says_what_it_erased(filled: tuple[Tenant, ApiKey]) -> None:
    out = StringIO()
    call_command("erase_tenant", filled[0].slug, "--yes", "--json", stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    assert answer["slug"] == "zerbinetta-markte"
    assert answer["erased"]["tenants.Tenant"] == 1


@pytest.mark.parametrize("typed", ["", "zerbinetta"])
def test_the_command_asks_for_the_slug(
    filled: tuple[Tenant, ApiKey], monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr("builtins.input", lambda question: typed)
    with pytest.raises(CommandError, match="Nothing was erased"):
        call_command("erase_tenant", filled[0].slug)
    assert Tenant.objects.get().is_active


def test_usage_can_be_kept_for_invoices(filled: tuple[Tenant, ApiKey], tmp_path: Path) -> None:
    UsageMonth.objects.create(tenant=filled[0], month=date(2025, 1, 1), used=77)
    call_command("erase_tenant", filled[0].slug, "--yes", "--export", str(tmp_path / "usage.csv"), stdout=StringIO())
    lines = (tmp_path / "usage.csv").read_text("utf-8-sig").splitlines()
    assert lines[1].split(",")[:3] == ["2025-01", NAME, filled[0].slug]
    assert len(lines) == 3


def test_nothing_is_erased_when_the_export_cannot_be_written(filled: tuple[Tenant, ApiKey], tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("erase_tenant", filled[0].slug, "--yes", "--export", str(tmp_path / "there"))
    assert Tenant.objects.get().is_active


def test_others_write_while_it_asks_and_see_at_once_that_the_tenant_is_inactive(installation: Site) -> None:
    told = installation.manage("shell", "--no-imports", "-c", AMONG_OTHERS).splitlines()[-1]
    assert json.loads(told) == [[False], 0]


def test_the_audit_trail_tells_who_has_erased_it_by_which_command(
    filled: tuple[Tenant, ApiKey], admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["manage.py", "erase_tenant"])
    call_command("erase_tenant", filled[0].slug, "--yes", stdout=StringIO())
    page = admin_client.get(reverse("admin:auditlog_logentry_changelist")).content.decode()
    assert page.count("Erased, with everything stored about it.") == 1
    assert f"command erase_tenant as {account()}" in page
    assert f"tenant: number {filled[0].pk}" in page
