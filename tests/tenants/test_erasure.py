"""What an erased tenant leaves behind: nothing; and what happens to those who are served at that moment."""

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from modelstore.models import Release
from skuapi.observability.recorder import write
from tenants import erasure, keys, quota, rollups
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
from tests.live_server import Site
from tests.tenants.filled import asked

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
