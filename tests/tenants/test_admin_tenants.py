"""What staff do to tenants in admin."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from modelstore.models import ModelLine
from tenants import keys, quota
from tenants.admin import TenantAdmin
from tenants.models import ApiKey, Tenant
from tests.admin_moves import confirmed, question
from tests.tenants.admin_forms import history, tenant_form


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


@pytest.fixture
def read_before(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that has read the tenant as it is now, and writes later."""
    read = Tenant.objects.get(pk=tenant.pk)
    monkeypatch.setattr(TenantAdmin, "get_object", lambda *_: read)


def test_an_edit_does_not_undo_what_was_done_while_it_was_being_saved(
    staff: Client, tenant: Tenant, read_before: None
) -> None:
    Tenant.objects.update(is_active=False, monthly_quota=77)
    form = tenant_form(name="New", slug="alpha", monthly_quota=10)
    staff.post(reverse("admin:tenants_tenant_change", args=[tenant.pk]), form)
    stored = Tenant.objects.get()
    assert (stored.name, stored.is_active, stored.monthly_quota) == ("New", False, 77)


@pytest.mark.parametrize("name", ["New", "Alpha"])
def test_an_edit_does_not_bring_an_erased_tenant_back(
    staff: Client, tenant: Tenant, read_before: None, name: str
) -> None:
    Tenant.objects.filter(pk=tenant.pk).delete()
    form = tenant_form(name=name, slug="alpha", monthly_quota=10)
    page = staff.post(reverse("admin:tenants_tenant_change", args=[tenant.pk]), form, follow=True)
    assert "Nothing was saved: this tenant was erased while you edited it." in page.content.decode()
    assert not Tenant.objects.exists()


def test_a_suspension_is_in_the_history_with_who_did_it(staff: Client, tenant: Tenant) -> None:
    confirmed(staff, "tenants_tenant", "suspend", [tenant.pk])
    assert ("staff", "Changed Active True False") in history(staff, tenant)


def test_someone_without_the_right_cannot_suspend_a_tenant(client: Client, tenant: Tenant) -> None:
    client.force_login(User.objects.create_user("viewer", is_staff=True))
    answer = client.post(reverse("admin:tenants_tenant_move", args=["suspend"]) + f"?ids={tenant.pk}")
    assert (answer.status_code, Tenant.objects.get().is_active) == (403, True)
