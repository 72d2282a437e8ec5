"""Lists cost the same however long they are."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from modelstore.models import Detector, ModelLine, Onboarding, Release
from tenants import keys, quota
from tenants.models import ApiKey, QuotaNotice, RequestRecord, Tenant


def key(number: int) -> ApiKey:
    tenant = Tenant.objects.create(name=f"Tenant {number}", monthly_quota=10)
    made = keys.issue(tenant, label=f"till {number}")[0]
    quota.reserve(made).settle()
    return made


def requested(number: int) -> None:
    made = key(number)
    RequestRecord.objects.create(
        tenant=made.tenant, key=made, at=timezone.now(), request_id=f"r{number}", endpoint="predict", status=200,
        milliseconds=1,
    )  # fmt: skip


def noticed(number: int) -> None:
    QuotaNotice.objects.create(month=key(number).tenant.usage_months.get(), share=80, limit=10)


def released(number: int) -> Release:
    line = ModelLine.named("TINY", f"BRAND {number}")
    active = Release.Status.ACTIVE
    return Release.objects.create(
        line=line, version=1, status=active, digest=f"{number:064}", manifest='{"metrics": {}}'
    )


def onboarded(number: int) -> None:
    release = released(number)
    Onboarding.objects.create(line=release.line, sku=f"SKU {number}", who="boss", prototype=release)


ROWS: dict[str, Callable[[int], object]] = {
    "tenants_tenant": key,
    "tenants_apikey": key,
    "tenants_usagemonth": key,
    "tenants_requestrecord": requested,
    "tenants_quotanotice": noticed,
    "modelstore_modelline": released,
    "modelstore_release": released,
    "modelstore_onboarding": onboarded,
    "modelstore_detector": lambda number: Detector.objects.create(
        name=f"d{number}", name_key=f"d{number}", digest=f"{number:064}", spec="{}"
    ),
    "auth_user": lambda number: User.objects.create_user(f"user {number}"),
    "auth_group": lambda number: Group.objects.create(name=f"group {number}"),
}


def queries(client: Client, model: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(reverse(f"admin:{model}_changelist")).status_code == 200
    return len(seen)


@pytest.mark.parametrize("model", ROWS)
def test_a_list_of_twenty_rows_takes_as_many_queries_as_one_of_two(admin_client: Client, model: str) -> None:
    for number in range(2):
        ROWS[model](number)
    queries(admin_client, model)  # what is read once per process
    few = queries(admin_client, model)
    for number in range(2, 20):
        ROWS[model](number)
    queries(admin_client, model)
    assert queries(admin_client, model) == few
