"""What admin never does to what bills hang on, and that its pages open."""

import pytest
from django.test import Client
from django.urls import reverse

from tenants import quota
from tenants.models import ApiKey
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


def test_usage_can_be_sorted_by_share_even_where_a_quota_is_nought(installation: Site) -> None:
    """PostgreSQL refuses to divide by nought; SQLite does not mind."""
    assert installation.manage("shell", "--no-imports", "-c", BY_SHARE).splitlines()[-1] == "200"


@pytest.mark.parametrize("page", ["changelist", "add", "change"])
@pytest.mark.parametrize("model", ["tenant", "apikey", "usagemonth"])
def test_every_page_opens(staff: Client, key: ApiKey, model: str, page: str) -> None:
    quota.reserve(key).settle()
    rows = {"tenant": key.tenant, "apikey": key, "usagemonth": key.tenant.usage_months.get()}
    arguments = [rows[model].pk] if page == "change" else []
    expected = 403 if (model, page) == ("usagemonth", "add") else 200
    assert staff.get(reverse(f"admin:tenants_{model}_{page}", args=arguments)).status_code == expected
