"""What staff do to keys in admin."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from tenants import keys
from tenants.models import ApiKey, Tenant
from tests.admin_moves import confirmed, question
from tests.tenants.admin_forms import history, key_form

KEY_TEXT = re.compile(r"sku_(?:live|test)_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}")


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
    new = ApiKey.objects.exclude(pk=key.pk).get()
    assert any(f"Replaced by {new.pk}" in changes for _, changes in history(staff, key))
    assert any("Label tills" in changes for _, changes in history(staff, new))
    assert secret not in str(history(staff, key) + history(staff, new))


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


def test_adding_a_key_is_in_the_history(staff: Client, issued_page: str) -> None:
    assert any(who == "staff" and "Label tills" in changes for who, changes in history(staff, ApiKey.objects.get()))


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


def test_revoking_is_in_the_history_with_who_did_it(staff: Client, key: ApiKey) -> None:
    confirmed(staff, "tenants_apikey", "revoke", [key.pk])
    assert ("staff", "Changed State active revoked") in history(staff, key)


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


def test_a_key_is_found_by_its_id(staff: Client, key: ApiKey) -> None:
    page = staff.get(reverse("admin:tenants_apikey_changelist"), {"q": key.key_id}).content.decode()
    assert key.key_id in page


def test_a_hostile_name_is_shown_as_text(staff: Client, tenant: Tenant) -> None:
    name = "<script>alert(1)</script>"
    Tenant.objects.filter(pk=tenant.pk).update(name=name)
    page = staff.post(reverse("admin:tenants_apikey_add"), key_form(tenant)).content.decode()
    assert name not in page
    assert escape(name) in page
