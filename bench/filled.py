"""A database with a year of usage in it, as a service of many tenants has it; written by SQL alone."""

import random
from datetime import UTC, datetime, timedelta
from itertools import islice

from django.db import connection, transaction
from django.utils import timezone

from tenants import rollups
from tenants.keys import issue
from tenants.latency import COLUMNS
from tenants.models import ApiKey, RequestRecord, Tenant, UsageDay, UsageHour, UsageMonth
from tenants.models.usage import month_of


def fill(tenants: int, hours: int, requests: int) -> None:
    """Sums of so many tenants for so many hours back from now, and the last requests."""
    made = [_tenant(number) for number in range(tenants)]
    now = timezone.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    for tenant in made:
        with transaction.atomic():
            _hours(tenant, now, hours)
            _months(tenant)
    _days()
    _requests([ApiKey.objects.filter(tenant=tenant).get() for tenant in made], now, requests)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _tenant(number: int) -> Tenant:
    tenant = Tenant.objects.create(name=f"Market {number:03}", monthly_quota=1000 * (1 + number % 50))
    issue(tenant)
    return tenant


def _hours(tenant: Tenant, now: datetime, hours: int) -> None:
    chance = random.Random(tenant.pk)
    rows = (_hour(chance, tenant, now - timedelta(hours=back)) for back in range(hours))
    while piece := list(islice(rows, 2000)):
        UsageHour.objects.bulk_create(piece)


def _hour(chance: random.Random, tenant: Tenant, at: datetime) -> UsageHour:
    """More by day than by night; most answers within a second."""
    count = int(chance.expovariate(1 / 12) * (2 if 6 <= at.hour < 18 else 0.3)) + 1
    refused, failed = count // 40, int(chance.random() < 0.01)
    read = count - refused - failed
    spread = dict.fromkeys(COLUMNS, 0)
    for _ in range(read):
        spread[COLUMNS[min(len(COLUMNS) - 1, int(chance.gauss(7, 1)))]] += 1
    return UsageHour(
        tenant=tenant, at=at, requests=count, answered=read, refused=refused, failed=failed,
        facings=read * 45, milliseconds=read * 400, **spread,
    )  # fmt: skip


def _months(tenant: Tenant) -> None:
    month = month_of(timezone.now())
    for back in range(12):
        used = tenant.monthly_quota * (31 + 7 * tenant.pk % 70) // 100
        UsageMonth.objects.create(tenant=tenant, month=month, used=used if back else used * 3 // 4)
        month = (month - timedelta(days=1)).replace(day=1)


def _days() -> None:
    """From the hours."""
    sums = ", ".join(f"SUM({name})" for name in rollups.SUMS)
    day = "date(at)" if connection.vendor == "sqlite" else "(at AT TIME ZONE 'UTC')::date"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {UsageDay._meta.db_table} (tenant_id, at, {', '.join(rollups.SUMS)}) "
            f"SELECT tenant_id, {day}, {sums} FROM {UsageHour._meta.db_table} GROUP BY tenant_id, {day}"
        )


def _requests(keys: list[ApiKey], now: datetime, count: int) -> None:
    """The newest, a second apart."""
    rows = (_request(keys[number % len(keys)], now, number) for number in range(count))
    while piece := list(islice(rows, 2000)):
        RequestRecord.objects.bulk_create(piece)


def _request(key: ApiKey, now: datetime, number: int) -> RequestRecord:
    return RequestRecord(
        tenant=key.tenant, key=key, at=now - timedelta(seconds=number), request_id=f"bench-{number}",
        endpoint="predict", status=200, category="DRINKS", brand="JORDINA", release="DRINKS/JORDINA@1",
        facings=45, milliseconds=400.0,
    )  # fmt: skip
