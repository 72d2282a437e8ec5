"""A service with customers, models and staff, written in one process; run with the environment of a site.

Prints a key of the first tenant, and the session of a superuser who is logged in.
"""

import json
from datetime import timedelta

import django


def populate() -> dict[str, str]:
    from django.contrib.auth.models import Group, User
    from django.test import Client
    from django.utils import timezone

    from modelstore.models import Onboarding, Release
    from staff.models import Authenticator, BackupCodes
    from tenants import keys, quota
    from tenants.models import Pin, QuotaNotice, RequestRecord, Tenant

    text, release = "", Release.objects.get()
    for name in ("Alpha Foods", "A name that goes on and on, Société Générale de Distribution du Nord et de l’Est"):
        tenant = Tenant.objects.create(name=name, monthly_quota=100, contact_email="ops@a-long-domain.example")
        key, secret = keys.issue(tenant, label="tills")
        text = text or secret
        quota.reserve(key).settle()
        quota.top_up(tenant, 50, "campaign", "boss")
        month = tenant.usage_months.get()
        QuotaNotice.objects.create(month=month, share=80, limit=100, not_sent="No mail is configured: set EMAIL_URL.")
        Pin.objects.create(tenant=tenant, release=release, purpose="so that numbers stay comparable")
        RequestRecord.objects.bulk_create(
            RequestRecord(
                tenant=tenant, key=key, at=timezone.now() - timedelta(minutes=number), milliseconds=123.4,
                request_id=f"{key.pk}-{number}" * 8, endpoint="predict", status=200, release=str(release),
                category="TINY", brand="ONE",
            )
            for number in range(25)
        )  # fmt: skip
    Onboarding.objects.create(
        line=release.line, sku="TINY_NEW_1L", who="boss", state="held", warnings=["It is blurred."]
    )
    Group.objects.get_or_create(name="Support")
    client, boss = Client(), User.objects.create_superuser("boss", email="boss@a-long-domain.example")
    Authenticator.objects.create(user=boss, name="authenticator app")
    BackupCodes.renewed(boss)
    client.force_login(boss)
    return {"key": text, "session": client.cookies["sessionid"].value}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(populate()))
