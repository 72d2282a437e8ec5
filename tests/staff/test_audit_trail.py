"""Every change is in the audit trail, with whoever made it; no secret is, and no request of the API costs anything."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.admin.models import LogEntry as AdminLogEntry
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from staff import audit
from staff.models import Authenticator, BackupCodes
from staff.operator import account
from tenants import audited, keys, quota
from tenants.authentication import authenticate_text
from tenants.models import ApiKey, Pin, Tenant, TopUp


def entries(model: str) -> Any:
    return LogEntry.objects.filter(content_type__model=model).order_by("pk")


def newest(model: str) -> LogEntry:
    found = entries(model).last()
    assert found is not None
    return found


def test_a_change_made_in_admin_tells_who_and_from_where(admin_client: Client, key: ApiKey) -> None:
    admin_client.post(
        reverse("admin:tenants_tenant_top_up", args=[key.tenant_id]),
        {"units": 5, "reason": "fair"},
        REMOTE_ADDR="203.0.113.5",
    )
    entry = newest("topup")
    assert entry.actor == User.objects.get()
    assert (entry.additional_data, entry.remote_addr) == ({"who": "admin"}, "203.0.113.5")
    assert entry.changes["units"] == ["None", "5"]


def test_a_change_made_by_a_command_tells_which_and_by_whom(key: ApiKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["manage.py", "suspend_key", key.key_id])
    call_command("suspend_key", key.key_id, stdout=StringIO())
    entry = newest("apikey")
    assert (entry.actor, entry.remote_addr) == (None, None)
    assert entry.additional_data["who"] == f"command suspend_key as {account()}"
    assert entry.changes == {"state": ["active", "suspended"]}


@pytest.mark.parametrize(("move", "now"), [("suspend", "suspended"), ("revoke", "revoked")])
def test_a_key_that_is_moved_by_an_update_is_in_the_trail(key: ApiKey, move: str, now: str) -> None:
    getattr(key, move)()
    assert newest("apikey").changes == {"state": ["active", now]}


def test_a_move_that_changes_nothing_leaves_no_entry(key: ApiKey) -> None:
    key.revoke()
    before = LogEntry.objects.count()
    key.resume()
    key.revoke()
    assert LogEntry.objects.count() == before


def test_a_rotation_is_in_the_trail_of_both_keys(key: ApiKey) -> None:
    call_command("rotate_key", key.key_id, stdout=StringIO())
    new = ApiKey.objects.exclude(pk=key.pk).get()
    assert {entry.object_pk for entry in entries("apikey")} == {str(key.pk), str(new.pk)}
    assert "replaced_by" in entries("apikey").filter(object_pk=str(key.pk)).last().changes


def test_suspending_a_tenant_is_in_the_trail(admin_client: Client, tenant: Tenant) -> None:
    admin_client.post(f"{reverse('admin:tenants_tenant_move', args=['suspend'])}?ids={tenant.pk}")
    assert newest("tenant").changes == {"is_active": ["True", "False"]}


def test_a_role_that_is_given_is_in_the_trail(db: None) -> None:
    user = User.objects.create_user("samir")
    user.groups.add(Group.objects.get(name="Support"))
    assert newest("user").changes["groups"]["objects"] == ["Support"]


def test_everything_of_a_key_but_counters_and_secrets_is_followed() -> None:
    """A new field must be named in tenants/audited.py, one way or the other."""
    from auditlog.registry import auditlog

    for model, untold in audited.UNTOLD.items():
        told = set(auditlog.get_model_fields(model)["include_fields"])
        assert told | untold == {field.name for field in model._meta.concrete_fields}, model
        assert not told & untold


def test_no_secret_is_in_the_trail(admin_client: Client, tenant: Tenant) -> None:
    key, text = keys.issue(tenant)
    user = User.objects.create_user("samir", password="a very secret password")
    user.set_password("another very secret password")
    user.save()
    device = Authenticator.objects.create(user=user, name="phone")
    codes = BackupCodes.renewed(user)
    kept = str(list(LogEntry.objects.values()))
    secrets = [text[-38:], key.digest, user.password, device.key, codes[0], BackupCodes.objects.get().digests[0]]
    assert [secret for secret in secrets if secret in kept] == []
    assert newest("user").changes["password"] == [audit.MASK, audit.MASK]


def test_predictions_leave_no_entry(text: str) -> None:
    before = LogEntry.objects.count()
    for _ in range(3):
        request = RequestFactory().post("/api/v1/predict")
        _, key = authenticate_text(request, [text])
        quota.reserve(key).settle()
    assert LogEntry.objects.count() == before


@pytest.mark.parametrize("path", ["/api/v1/usage", "/api/v1/models"])
def test_requests_of_the_api_ask_the_database_for_no_staff(
    client: Client, text: str, path: str, django_assert_max_num_queries: Any
) -> None:
    client.get(path, headers={"X-API-Key": text})
    with django_assert_max_num_queries(5) as asked:
        client.get(path, headers={"X-API-Key": text})
    words = ("auditlog", "axes", "otp_", "auth_", "django_session", "staff_")
    assert [one["sql"] for one in asked if any(word in one["sql"] for word in words)] == []


def test_the_history_of_a_tenant_tells_of_its_keys_pins_and_top_ups(admin_client: Client, key: ApiKey) -> None:
    quota.top_up(key.tenant, 77, "a fair", "amal")
    key.suspend()
    page = admin_client.get(reverse("admin:tenants_tenant_history", args=[key.tenant_id])).content.decode()
    assert "a fair" in page
    assert key.shown_prefix in page
    assert "suspended" in page.lower()


def test_the_trail_survives_what_it_tells_of(admin_client: Client, tenant: Tenant) -> None:
    pk = tenant.pk
    tenant.delete()
    assert [entry.action for entry in LogEntry.objects.filter(object_pk=str(pk), content_type__model="tenant")]
    assert "Alpha" in admin_client.get(reverse("admin:auditlog_logentry_changelist")).content.decode()


@pytest.mark.parametrize("page", ["change", "delete"])
def test_not_even_a_superuser_touches_the_trail(admin_client: Client, tenant: Tenant, page: str) -> None:
    entry = newest("tenant")
    address = reverse(f"admin:auditlog_logentry_{page}", args=[entry.pk])
    assert admin_client.post(address, {"post": "yes", "object_repr": "nothing"}).status_code == 403
    assert LogEntry.objects.filter(pk=entry.pk, object_repr="Alpha").exists()


def test_the_trail_is_searched_by_who_and_what(admin_client: Client, tenant: Tenant) -> None:
    Tenant.objects.create(name="Beta")
    page = admin_client.get(reverse("admin:auditlog_logentry_changelist"), {"q": "Beta"}).content.decode()
    assert "tenant: Beta" in page
    assert "tenant: Alpha" not in page


def test_entries_are_kept_as_long_as_the_setting_says(tenant: Tenant, settings: Settings) -> None:
    settings.AUDIT_TRAIL_DAYS = 30
    old = newest("tenant")
    LogEntry.objects.filter(pk=old.pk).update(timestamp=timezone.now() - timedelta(days=31))
    Tenant.objects.create(name="Beta")
    call_command("prune_audit_trail", stdout=StringIO())
    assert [entry.object_repr for entry in entries("tenant")] == ["Beta"]


def test_nought_days_keep_entries_for_ever(tenant: Tenant, settings: Settings) -> None:
    settings.AUDIT_TRAIL_DAYS = 0
    LogEntry.objects.update(timestamp=timezone.now() - timedelta(days=9999))
    call_command("prune_audit_trail", stdout=StringIO())
    assert entries("tenant").exists()


def test_of_what_was_erased_remains_who_did_it_and_when_and_nothing_else(
    admin_client: Client, admin_user: User, tenant: Tenant
) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(contact_email="person@example.org")
    tenant.refresh_from_db()
    tenant.name = "Person & Sons"
    tenant.save()
    AdminLogEntry.objects.log_actions(admin_user.pk, [tenant], 2, change_message="Person & Sons")
    quota.top_up(tenant, 7, "for Person's fair", "amal")
    pk = tenant.pk
    TopUp.objects.all().delete()
    Pin.objects.all().delete()
    tenant.usage_months.all().delete()
    Tenant.objects.filter(pk=pk).delete()
    assert audit.forget(Tenant, [pk])
    kept = str(list(LogEntry.objects.values())) + str(list(AdminLogEntry.objects.values()))
    assert "erson" not in kept
    deleted = newest("tenant")
    assert deleted.action == LogEntry.Action.DELETE
    assert deleted.additional_data["who"]


def test_nothing_that_staff_do_is_written_to_a_log_that_no_page_shows(
    admin_client: Client, key: ApiKey, tenant: Tenant
) -> None:
    admin_client.post(reverse("admin:tenants_apikey_rotate", args=[key.pk]), {"grace_days": "7"})
    admin_client.post(reverse("admin:tenants_tenant_top_up", args=[tenant.pk]), {"units": 5, "reason": "fair"})
    form = {"tenant": tenant.pk, "label": "new", "pins-TOTAL_FORMS": 0, "pins-INITIAL_FORMS": 0}
    admin_client.post(reverse("admin:tenants_apikey_change", args=[key.pk]), form)
    key.refresh_from_db()
    assert key.label == "new"
    assert not AdminLogEntry.objects.exists()
