"""What staff do in admin, and what admin never does."""

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from modelstore.models import ModelLine
from tenants import keys, quota
from tenants.models import ApiKey, Tenant
from tests.admin_moves import confirmed, question
from tests.live_server import Site

BY_SHARE = """
from datetime import date
from django.contrib.auth.models import User
from django.test import Client
from tenants.models import Tenant, UsageMonth
UsageMonth.objects.create(tenant=Tenant.objects.create(name="No quota", monthly_quota=0), month=date(2026, 1, 1))
client = Client(SERVER_NAME="localhost")
client.force_login(User.objects.create_superuser("sorter"))
print(client.get("/admin/tenants/usagemonth/?o=5").status_code)
"""
KEY_TEXT = re.compile(r"sku_(?:live|test)_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}")


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("staff"))
    return client


def no_rows(*inlines: str) -> dict[str, Any]:
    """What a form says of its tables that nobody has filled in."""
    return {f"{inline}-{field}": 0 for inline in inlines for field in ("TOTAL_FORMS", "INITIAL_FORMS")}


def rotated_page(staff: Client, key: ApiKey, days: str = "7") -> str:
    return staff.post(reverse("admin:tenants_apikey_rotate", args=[key.pk]), {"grace_days": days}).content.decode()


def test_a_key_is_rotated_and_the_new_one_shown(staff: Client, key: ApiKey) -> None:
    shown = keys.prove(shown_key(rotated_page(staff, key)))
    assert ApiKey.objects.get(pk=key.pk).replaced_by == shown


def test_rotating_asks_first(staff: Client, key: ApiKey) -> None:
    page = staff.get(reverse("admin:tenants_apikey_rotate", args=[key.pk])).content.decode()
    assert key.shown_prefix in page
    assert ApiKey.objects.count() == 1


def test_sending_the_rotation_again_issues_no_second_key(staff: Client, key: ApiKey) -> None:
    rotated_page(staff, key)
    assert "rotated before" in rotated_page(staff, key)
    assert ApiKey.objects.count() == 2


@pytest.mark.parametrize("days", ["-1", "", "soon", "1000"])
def test_a_grace_that_is_none_is_asked_for_again(staff: Client, key: ApiKey, days: str) -> None:
    rotated_page(staff, key, days)
    assert ApiKey.objects.count() == 1


def test_a_rotation_stands_in_the_history_of_both_keys_without_the_secret(staff: Client, key: ApiKey) -> None:
    secret = shown_key(rotated_page(staff, key))[-38:]
    entries = LogEntry.objects.filter(content_type__model="apikey")
    assert {entry.object_id for entry in entries} == {str(each.pk) for each in ApiKey.objects.all()}
    assert secret not in "".join(entry.change_message + entry.object_repr for entry in entries)


def key_form(tenant: Tenant, **fields: Any) -> dict[str, Any]:
    empty = {
        "expires_at_0": "",
        "expires_at_1": "",
        "api_version": "",
        "burst_limit_per_minute": "",
        "allowed_networks": "",
    }
    empty |= no_rows("pins")
    return {"tenant": tenant.pk, "label": "tills", **empty, **fields}


@pytest.fixture
def issued_page(staff: Client, tenant: Tenant) -> str:
    """What staff see right after they have added a key."""
    answer = staff.post(reverse("admin:tenants_apikey_add"), key_form(tenant, scopes=["predict"]))
    assert answer.status_code == 200, answer.headers
    return answer.content.decode()


def shown_key(page: str) -> str:
    found = KEY_TEXT.search(page)
    assert found, page
    return found[0]


def test_a_new_key_is_shown_after_it_was_added(issued_page: str) -> None:
    assert keys.prove(shown_key(issued_page)).label == "tills"


def test_a_key_keeps_the_scopes_that_were_ticked(issued_page: str) -> None:
    assert keys.prove(shown_key(issued_page)).scopes == ["predict"]


@pytest.mark.parametrize("page", ["changelist", "change"])
def test_a_key_is_not_shown_a_second_time(staff: Client, issued_page: str, page: str) -> None:
    arguments = [ApiKey.objects.get().pk] if page == "change" else []
    again = staff.get(reverse(f"admin:tenants_apikey_{page}", args=arguments)).content.decode()
    assert shown_key(issued_page)[-38:] not in again


def test_the_secret_stands_in_no_table_after_it_was_shown(issued_page: str) -> None:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        dump = [cursor.execute(f'SELECT * FROM "{table}"') and cursor.fetchall() for table in tables]
    assert shown_key(issued_page)[-38:] not in repr(dump)


def test_the_secret_is_not_left_to_the_session(staff: Client, issued_page: str) -> None:
    assert shown_key(issued_page)[-38:] not in repr(dict(staff.session))


def test_the_secret_is_not_left_to_a_cookie_or_a_cache(staff: Client, tenant: Tenant) -> None:
    answer = staff.post(reverse("admin:tenants_apikey_add"), key_form(tenant))
    assert "no-store" in answer["Cache-Control"]
    assert shown_key(answer.content.decode())[-38:] not in str(answer.cookies)


def test_adding_a_key_is_in_the_history(issued_page: str) -> None:
    assert LogEntry.objects.get().object_id == str(ApiKey.objects.get().pk)


def test_suspending_takes_effect_on_the_next_request(staff: Client, text: str, key: ApiKey) -> None:
    confirmed(staff, "tenants_apikey", "suspend", [key.pk])
    assert keys.prove(text).state == "suspended"


def test_resuming_takes_effect_on_the_next_request(staff: Client, text: str, key: ApiKey) -> None:
    key.suspend()
    confirmed(staff, "tenants_apikey", "resume", [key.pk])
    assert keys.prove(text).state == "active"


def test_revoking_says_that_it_is_final(staff: Client, key: ApiKey) -> None:
    assert "This is final" in question(staff, "tenants_apikey", "revoke", [key.pk])[1]


@pytest.mark.parametrize("move", ["suspend", "revoke"])
def test_stopping_a_key_asks_first(staff: Client, key: ApiKey, move: str) -> None:
    assert key.shown_prefix in question(staff, "tenants_apikey", move, [key.pk])[1]
    assert ApiKey.objects.get().state == "active"


def test_revoking_is_done_when_confirmed(staff: Client, key: ApiKey) -> None:
    confirmed(staff, "tenants_apikey", "revoke", [key.pk])
    assert ApiKey.objects.get().state == "revoked"


def test_revoking_is_in_the_history(staff: Client, key: ApiKey) -> None:
    confirmed(staff, "tenants_apikey", "revoke", [key.pk])
    assert LogEntry.objects.get().object_id == str(key.pk)


@pytest.mark.parametrize("move", ["suspend", "resume"])
def test_a_revoked_key_is_not_brought_back(staff: Client, key: ApiKey, move: str) -> None:
    key.revoke()
    staff.post(reverse("admin:tenants_apikey_move", args=[move]) + f"?ids={key.pk}")
    assert ApiKey.objects.get().state == "revoked"


def test_editing_a_label_does_not_undo_a_suspension(staff: Client, tenant: Tenant, key: ApiKey) -> None:
    key.suspend()
    staff.post(reverse("admin:tenants_apikey_change", args=[key.pk]), key_form(tenant, label="new"))
    stored = ApiKey.objects.get()
    assert (stored.label, stored.state) == ("new", "suspended")


def test_a_key_cannot_be_moved_to_another_tenant(staff: Client, key: ApiKey) -> None:
    other = Tenant.objects.create(name="Beta")
    staff.post(reverse("admin:tenants_apikey_change", args=[key.pk]), key_form(other))
    assert ApiKey.objects.get().tenant_id == key.tenant_id


def test_someone_without_the_right_cannot_revoke(client: Client, key: ApiKey) -> None:
    client.force_login(User.objects.create_user("viewer", is_staff=True))
    answer = client.post(reverse("admin:tenants_apikey_move", args=["revoke"]) + f"?ids={key.pk}")
    assert (answer.status_code, ApiKey.objects.get().state) == (403, "active")


@pytest.mark.parametrize("model", ["tenant", "apikey", "usagemonth"])
def test_nothing_that_bills_hang_on_can_be_deleted(staff: Client, key: ApiKey, model: str) -> None:
    quota.reserve(key).settle()
    rows = {"tenant": key.tenant, "apikey": key, "usagemonth": key.tenant.usage_months.get()}
    answer = staff.post(reverse(f"admin:tenants_{model}_delete", args=[rows[model].pk]), {"post": "yes"})
    assert answer.status_code == 403


def test_usage_cannot_be_edited(staff: Client, key: ApiKey) -> None:
    quota.reserve(key).settle()
    row = key.tenant.usage_months.get()
    staff.post(reverse("admin:tenants_usagemonth_change", args=[row.pk]), {"used": 0})
    assert quota.usage_of(key.tenant).used == 1


def tenant_form(**fields: Any) -> dict[str, Any]:
    empty = no_rows("keys", "usage_months", "pins", "requests")
    return {"name": "Gamma", "slug": "", "monthly_quota": 500, "is_active": "on", **empty, **fields}


def test_a_tenant_can_be_created(staff: Client) -> None:
    staff.post(reverse("admin:tenants_tenant_add"), tenant_form())
    assert Tenant.objects.get().slug == "gamma"


def test_a_tenant_can_be_restricted_to_lines(staff: Client) -> None:
    line = ModelLine.named("DRINKS", "JORDINA")
    staff.post(reverse("admin:tenants_tenant_add"), tenant_form(restrict_models="on", allowed_lines=[line.pk]))
    assert list(Tenant.objects.get().allowed_lines.all()) == [line]


def test_a_wrong_origin_is_named(staff: Client) -> None:
    page = staff.post(reverse("admin:tenants_tenant_add"), tenant_form(allowed_origins="shop.example")).content.decode()
    assert "shop.example is no origin" in page


def test_the_list_of_tenants_tells_what_is_used_this_month(staff: Client, key: ApiKey) -> None:
    quota.reserve(key).settle()
    assert "1 (10 %)" in staff.get(reverse("admin:tenants_tenant_changelist")).content.decode()


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_of_tenants_costs_the_same_number_of_queries_however_many_there_are(
    staff: Client, django_assert_max_num_queries: Any, count: int
) -> None:
    for number in range(count):
        quota.reserve(keys.issue(Tenant.objects.create(name=f"T{number}"))[0]).settle()
    with django_assert_max_num_queries(8):
        staff.get(reverse("admin:tenants_tenant_changelist"))


def test_usage_can_be_sorted_by_share_even_where_a_quota_is_nought(installation: Site) -> None:
    """PostgreSQL refuses to divide by nought; SQLite does not mind."""
    assert installation.manage("shell", "--no-imports", "-c", BY_SHARE).splitlines()[-1] == "200"


def test_the_page_of_a_tenant_lists_its_keys_and_months(staff: Client, key: ApiKey) -> None:
    quota.reserve(key).settle()
    page = staff.get(reverse("admin:tenants_tenant_change", args=[key.tenant_id])).content.decode()
    assert key.key_id in page
    assert f"{quota.usage_of(key.tenant).month:%Y-%m}" in page


def test_the_page_of_a_tenant_shows_no_key_of_another(staff: Client, key: ApiKey) -> None:
    other, _ = keys.issue(Tenant.objects.create(name="Beta"))
    page = staff.get(reverse("admin:tenants_tenant_change", args=[key.tenant_id])).content.decode()
    assert other.key_id not in page


@pytest.mark.parametrize("query", ["alph", "tills"])
def test_a_tenant_is_found_by_name_and_by_the_label_of_a_key(staff: Client, key: ApiKey, query: str) -> None:
    page = staff.get(reverse("admin:tenants_tenant_changelist"), {"q": query}).content.decode()
    assert reverse("admin:tenants_tenant_change", args=[key.tenant_id]) in page


def test_a_key_is_found_by_its_id(staff: Client, key: ApiKey) -> None:
    page = staff.get(reverse("admin:tenants_apikey_changelist"), {"q": key.key_id}).content.decode()
    assert key.key_id in page


def test_suspending_a_tenant_asks_first(staff: Client, tenant: Tenant) -> None:
    assert "Suspend Alpha?" in question(staff, "tenants_tenant", "suspend", [tenant.pk])[1]
    assert Tenant.objects.get().is_active


def test_a_suspended_tenant_is_refused_on_its_next_request(staff: Client, text: str, tenant: Tenant) -> None:
    confirmed(staff, "tenants_tenant", "suspend", [tenant.pk])
    answer = staff.get("/api/v1/usage", headers={"X-API-Key": text})
    assert answer.json()["code"] == "tenant_inactive"


def test_a_resumed_tenant_is_let_in_on_its_next_request(staff: Client, text: str, tenant: Tenant) -> None:
    confirmed(staff, "tenants_tenant", "suspend", [tenant.pk])
    confirmed(staff, "tenants_tenant", "resume", [tenant.pk])
    assert staff.get("/api/v1/usage", headers={"X-API-Key": text}).status_code == 200


def test_a_tenant_is_suspended_from_its_page(staff: Client, tenant: Tenant) -> None:
    page = staff.get(reverse("admin:tenants_tenant_change", args=[tenant.pk])).content.decode()
    assert f"{reverse('admin:tenants_tenant_move', args=['suspend'])}?ids={tenant.pk}" in page


def test_editing_a_tenant_does_not_undo_a_suspension(staff: Client, tenant: Tenant) -> None:
    confirmed(staff, "tenants_tenant", "suspend", [tenant.pk])
    staff.post(reverse("admin:tenants_tenant_change", args=[tenant.pk]), tenant_form(name="New", slug="new"))
    stored = Tenant.objects.get()
    assert (stored.name, stored.is_active) == ("New", False)


def test_a_suspension_is_in_the_history(staff: Client, tenant: Tenant) -> None:
    confirmed(staff, "tenants_tenant", "suspend", [tenant.pk])
    assert LogEntry.objects.get().object_id == str(tenant.pk)


def test_someone_without_the_right_cannot_suspend_a_tenant(client: Client, tenant: Tenant) -> None:
    client.force_login(User.objects.create_user("viewer", is_staff=True))
    answer = client.post(reverse("admin:tenants_tenant_move", args=["suspend"]) + f"?ids={tenant.pk}")
    assert (answer.status_code, Tenant.objects.get().is_active) == (403, True)


@pytest.mark.parametrize("page", ["changelist", "add", "change"])
@pytest.mark.parametrize("model", ["tenant", "apikey", "usagemonth"])
def test_every_page_opens(staff: Client, key: ApiKey, model: str, page: str) -> None:
    quota.reserve(key).settle()
    rows = {"tenant": key.tenant, "apikey": key, "usagemonth": key.tenant.usage_months.get()}
    arguments = [rows[model].pk] if page == "change" else []
    expected = 403 if (model, page) == ("usagemonth", "add") else 200
    assert staff.get(reverse(f"admin:tenants_{model}_{page}", args=arguments)).status_code == expected


def test_a_hostile_name_is_shown_as_text(staff: Client, tenant: Tenant) -> None:
    name = "<script>alert(1)</script>"
    Tenant.objects.filter(pk=tenant.pk).update(name=name)
    page = staff.post(reverse("admin:tenants_apikey_add"), key_form(tenant)).content.decode()
    assert name not in page
    assert escape(name) in page
