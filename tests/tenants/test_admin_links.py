"""From a tenant to its keys, requests and usage, and from each back."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tenants import keys, quota
from tenants.models import ApiKey, RequestRecord, Tenant


@pytest.fixture
def record(key: ApiKey) -> RequestRecord:
    """A request of the key, beside one of another tenant."""
    quota.reserve(key).settle()
    other, _ = keys.issue(Tenant.objects.create(name="Beta"))
    made = [
        RequestRecord.objects.create(
            tenant=each.tenant, key=each, at=timezone.now(), request_id=name, endpoint="predict", status=200,
            milliseconds=1,
        )
        for each, name in ((key, "request-of-alpha"), (other, "request-of-beta"))
    ]  # fmt: skip
    return made[0]


def linked(client: Client, page: str, pk: int, model: str) -> str:
    """The list to which that page leads, as it then is."""
    shown = client.get(reverse(f"admin:tenants_{page}_change", args=[pk])).content.decode()
    address = re.search(rf'href="(/admin/tenants/{model}/\?[^"]+)"', shown)
    assert address
    answer = client.get(address[1])
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("page", ["tenant", "apikey"])
def test_a_tenant_and_a_key_lead_to_their_own_requests(admin_client: Client, record: RequestRecord, page: str) -> None:
    listed = linked(admin_client, page, record.tenant_id if page == "tenant" else record.key_id, "requestrecord")
    assert "request-of-alpha" in listed
    assert "request-of-beta" not in listed


@pytest.mark.parametrize("model", ["apikey", "usagemonth"])
def test_a_tenant_leads_to_its_own_keys_and_usage(admin_client: Client, record: RequestRecord, model: str) -> None:
    listed = linked(admin_client, "tenant", record.tenant_id, model)
    results = listed[listed.index('id="result_list"') :]
    assert reverse("admin:tenants_tenant_change", args=[record.tenant_id]) in results
    assert "Beta" not in results


@pytest.mark.parametrize("model", ["tenant", "apikey"])
def test_a_request_leads_to_its_tenant_and_its_key(admin_client: Client, record: RequestRecord, model: str) -> None:
    page = admin_client.get(reverse("admin:tenants_requestrecord_change", args=[record.pk])).content.decode()
    pk = record.tenant_id if model == "tenant" else record.key_id
    assert reverse(f"admin:tenants_{model}_change", args=[pk]) in page


def test_requests_are_found_by_their_whole_id(admin_client: Client, record: RequestRecord) -> None:
    page = admin_client.get(reverse("admin:tenants_requestrecord_changelist"), {"q": "request-of-alpha"})
    assert "request-of-beta" not in page.content.decode()
    assert reverse("admin:tenants_requestrecord_change", args=[record.pk]) in page.content.decode()


@pytest.mark.parametrize(("outcome", "shown"), [("answered", True), ("failed", False)])
def test_requests_are_narrowed_by_outcome(
    admin_client: Client, record: RequestRecord, outcome: str, shown: bool
) -> None:
    page = admin_client.get(reverse("admin:tenants_requestrecord_changelist"), {"outcome": outcome})
    assert ("request-of-alpha" in page.content.decode()) is shown
