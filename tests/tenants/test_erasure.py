"""What an erased tenant leaves behind: nothing; and what happens to those who are served at that moment."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from modelstore.models import ModelLine, Release
from skuapi.observability.recorder import write
from tenants import answers, erasure, keys, quota, rollups
from tenants.errors import KeyUnknown
from tenants.models import (
    ApiKey,
    Pin,
    QuotaNotice,
    RequestRecord,
    Reservation,
    Tenant,
    TopUp,
    UsageDay,
    UsageHour,
    UsageMonth,
)
from tenants.notices import send
from tenants.rotation import rotate
from tests.live_server import Site

NAME = "Zerbinetta Märkte"
IN_FLIGHT = """
import threading
import time
from django.db import connection
from tenants import erasure, keys, quota
from tenants.errors import KeyUnknown
from tenants.models import ApiKey, Tenant
tenant = Tenant.objects.create(name="Busy", monthly_quota=1_000_000)
issued = [keys.issue(tenant)[0] for _ in range(4)]
seen, begun = [], threading.Semaphore(0)
def work(key):
    try:
        for number in range(100_000):
            unit = quota.reserve(key)
            time.sleep(0.01)  # a photo is read meanwhile
            unit.settle()
            if number == 20:
                begun.release()
    except BaseException as error:
        seen.append(type(error).__name__)
    connection.close()
threads = [threading.Thread(target=work, args=(key,)) for key in issued]
[thread.start() for thread in threads]
[begun.acquire() for _ in threads]
erasure.erase(tenant)
[thread.join() for thread in threads]
print(sorted(set(seen)), Tenant.objects.count(), ApiKey.objects.count())
"""


@pytest.fixture
def release(db: None) -> Release:
    line = ModelLine.named("DRINKS", "JORDINA")
    return Release.objects.create(line=line, version=1, digest="d" * 64, manifest="{}", status="active")


@pytest.fixture
def filled(release: Release) -> tuple[Tenant, ApiKey]:
    """A tenant with a row in every table."""
    tenant = Tenant.objects.create(name=NAME, monthly_quota=10, contact_email="z@zerbinetta.example")
    tenant.allowed_lines.add(release.line)
    key, _ = keys.issue(tenant, label="zerbinetta tills")
    quota.top_up(tenant, 5, "zerbinetta's sale", "staff")
    quota.reserve(key).settle()
    quota.reserve(key)
    month = tenant.usage_months.get()
    QuotaNotice.objects.create(month=month, share=80, limit=10, sent_to=tenant.contact_email)
    Pin.objects.create(tenant=tenant, release=release, purpose="zerbinetta")
    Pin.objects.create(key=key, release=release)
    rotate(key)
    answers.claim(key, "zerbinetta-1", "f" * 64, timezone.now())
    record = asked(key)
    record.save()
    rollups.add([record])
    return tenant, key


def asked(key: ApiKey) -> RequestRecord:
    return RequestRecord(
        tenant=key.tenant, key=key, at=timezone.now(), request_id="zerbinetta-1", endpoint="predict", status=200,
        facings=3, milliseconds=5.0,
    )  # fmt: skip


def dump() -> str:
    """Every table, as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        return repr([cursor.execute(f'SELECT * FROM "{table}"') and cursor.fetchall() for table in tables])


def test_the_tenant_of_these_tests_has_a_row_in_every_table_that_hangs_on_it(filled: tuple[Tenant, ApiKey]) -> None:
    """A model that is added later is to be added to `filled`, so that its rows are seen to be erased."""
    empty = [
        model._meta.label for model, paths in erasure.plan().items()
        if not any(model._base_manager.filter(**{path: filled[0].pk}).exists() for path in paths)
    ]  # fmt: skip
    assert empty == []


def test_every_model_of_tenants_is_part_of_the_plan() -> None:
    """One that names a tenant by other means than a relation would be left behind."""
    assert set(apps.get_app_config("tenants").get_models()) - set(erasure.plan()) == set()


def test_nothing_is_left_in_any_table(filled: tuple[Tenant, ApiKey]) -> None:
    tenant, key = filled
    erasure.erase(tenant)
    left = dump().lower()
    assert "zerbinetta" not in left
    assert key.key_id.lower() not in left


def test_other_tenants_keep_everything(filled: tuple[Tenant, ApiKey], release: Release) -> None:
    other, _ = keys.issue(Tenant.objects.create(name="Beta"))
    other.tenant.allowed_lines.add(release.line)
    quota.reserve(other).settle()
    Pin.objects.create(tenant=other.tenant, release=release)
    asked(other).save()
    rollups.add([asked(other)])
    erasure.erase(filled[0])
    counts = [model.objects.count() for model in (Tenant, ApiKey, UsageMonth, Pin, RequestRecord, UsageHour, UsageDay)]
    assert counts == [1] * 7
    assert list(other.tenant.allowed_lines.all()) == [release.line]


def test_large_tables_are_deleted_in_pieces(filled: tuple[Tenant, ApiKey], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "PIECE", 2)
    RequestRecord.objects.bulk_create([asked(filled[1]) for _ in range(7)])
    assert erasure.erase(filled[0])["tenants.RequestRecord"] == 8
    assert not RequestRecord.objects.exists()


def test_an_erasure_that_was_interrupted_is_finished_by_another(
    filled: tuple[Tenant, ApiKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(erasure, "_last", None)
        with pytest.raises(TypeError):
            erasure.erase(filled[0])
    assert not Tenant.objects.get().is_active
    erasure.erase(Tenant.objects.get())
    assert not Tenant.objects.exists()


def test_its_key_is_refused_as_one_that_never_was(filled: tuple[Tenant, ApiKey], client: Client) -> None:
    tenant, _ = filled
    _, text = keys.issue(tenant)
    erasure.erase(tenant)
    answers = [client.get("/api/v1/usage", headers={"X-API-Key": sent}) for sent in (text, "sku_live_nonsense")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].content == answers[1].content


def test_whoever_is_logged_in_with_its_key_is_so_no_more(filled: tuple[Tenant, ApiKey], client: Client) -> None:
    _, text = keys.issue(filled[0])
    client.post("/login", {"key": text})
    session = client.session
    session["api_key_pk"] = filled[1].pk
    session.save()
    erasure.erase(filled[0])
    assert not Session.objects.exists()


def test_staff_who_tried_its_key_stay_logged_in(filled: tuple[Tenant, ApiKey], client: Client) -> None:
    client.force_login(User.objects.create_superuser("staff"))
    session = client.session
    session["api_key_pk"] = filled[1].pk
    session.save()
    erasure.erase(filled[0])
    assert client.get("/admin/").status_code == 200
    assert "api_key_pk" not in client.session


def test_what_histories_of_admin_say_about_it_goes_as_well(filled: tuple[Tenant, ApiKey]) -> None:
    user = User.objects.create_superuser("staff")
    for row in filled:
        LogEntry.objects.create(
            user=user, content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk),
            object_repr=str(row), action_flag=CHANGE, change_message="zerbinetta",
        )  # fmt: skip
    erasure.erase(filled[0])
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("end", ["settle", "release"])
def test_a_request_in_flight_is_refused_and_writes_nothing(filled: tuple[Tenant, ApiKey], end: str) -> None:
    ticket = quota.reserve(filled[1])
    erasure.erase(filled[0])
    with pytest.raises(KeyUnknown):
        getattr(ticket, end)()
    assert [model.objects.count() for model in (UsageMonth, Reservation, TopUp)] == [0, 0, 0]


def test_a_request_that_has_no_unit_yet_is_refused_and_writes_nothing(filled: tuple[Tenant, ApiKey]) -> None:
    erasure.erase(filled[0])
    with pytest.raises(KeyUnknown):
        quota.reserve(filled[1])
    assert not UsageMonth.objects.exists()


def test_what_waits_to_be_written_down_is_dropped_and_the_rest_written(filled: tuple[Tenant, ApiKey]) -> None:
    other, _ = keys.issue(Tenant.objects.create(name="Beta"))
    erasure.erase(filled[0])
    write([asked(filled[1]), asked(other)])
    assert [row.tenant for row in RequestRecord.objects.all()] == [other.tenant]
    assert [row.requests for row in UsageHour.objects.all()] == [1]


def test_mail_that_was_to_be_sent_to_it_is_not(filled: tuple[Tenant, ApiKey]) -> None:
    notice = QuotaNotice.objects.get()
    erasure.erase(filled[0])
    send(notice.pk)


def test_a_tenant_that_is_asked_for_by_many_threads_goes_without_an_error_of_any_other_kind(installation: Site) -> None:
    told = installation.manage("shell", "--no-imports", "-c", IN_FLIGHT).splitlines()[-1]
    assert told.startswith("['KeyUnknown']"), told


# --- by command


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


# --- in admin


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("staff"))
    return client


def test_admin_erases_when_the_slug_was_typed(filled: tuple[Tenant, ApiKey], staff: Client) -> None:
    staff.post(reverse("admin:tenants_tenant_erase", args=[filled[0].pk]), {"slug": filled[0].slug})
    assert not Tenant.objects.exists()


def test_admin_notes_that_it_was_done_without_the_name(filled: tuple[Tenant, ApiKey], staff: Client) -> None:
    staff.post(reverse("admin:tenants_tenant_erase", args=[filled[0].pk]), {"slug": filled[0].slug})
    assert LogEntry.objects.get().object_repr == f"tenant {filled[0].pk}"


@pytest.mark.parametrize("typed", ["", "alpha"])
def test_admin_asks_again_for_another_slug(filled: tuple[Tenant, ApiKey], staff: Client, typed: str) -> None:
    staff.post(reverse("admin:tenants_tenant_erase", args=[filled[0].pk]), {"slug": typed})
    assert Tenant.objects.get().is_active


def test_the_page_asks_first_and_offers_the_bills(filled: tuple[Tenant, ApiKey], staff: Client) -> None:
    page = staff.get(reverse("admin:tenants_tenant_erase", args=[filled[0].pk])).content.decode()
    assert f"{reverse('admin:tenants_usagemonth_export')}?tenant__id__exact={filled[0].pk}" in page
    assert Tenant.objects.exists()


def test_only_a_superuser_may_erase(filled: tuple[Tenant, ApiKey], client: Client) -> None:
    from django.contrib.auth.models import Permission

    user = User.objects.create_user("support", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    client.force_login(user)
    address = reverse("admin:tenants_tenant_erase", args=[filled[0].pk])
    assert client.post(address, {"slug": filled[0].slug}).status_code == 403
    assert "/erase/" not in client.get(reverse("admin:tenants_tenant_change", args=[filled[0].pk])).content.decode()
    assert Tenant.objects.exists()
