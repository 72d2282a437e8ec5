"""A tenant with a row in every table that hangs on it."""

import pytest
from django.utils import timezone

from modelstore.models import ModelLine, Release
from tenants import answers, keys, quota, rollups
from tenants.models import ApiKey, Pin, QuotaNotice, RequestRecord, Tenant
from tenants.rotation import rotate

NAME = "Zerbinetta Märkte"


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
