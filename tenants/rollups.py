"""Adds requests up by hour and by day, as they are written down, and forgets what is old."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from database.writing import writing
from tenants.latency import COLUMNS, column_of
from tenants.models import RequestRecord, UsageDay, UsageHour

SUMS = ("requests", "answered", "refused", "failed", "facings", "milliseconds", *COLUMNS)
_OUTCOMES = {2: "answered", 4: "refused", 5: "failed"}
_PIECE = 2000
"""Rows deleted in one transaction."""

Key = tuple[int, datetime | date]


def add(records: Iterable[RequestRecord]) -> None:
    """In the caller's transaction. Rows are taken in one order: processes that add to the same do not deadlock."""
    hours: dict[Key, Counter[str]] = {}
    days: dict[Key, Counter[str]] = {}
    for record in records:
        at, counts = record.at.astimezone(UTC), _counts(record)
        hours.setdefault((record.tenant_id, at.replace(minute=0, second=0, microsecond=0)), Counter()).update(counts)
        days.setdefault((record.tenant_id, at.date()), Counter()).update(counts)
    _upsert(UsageHour, hours)
    _upsert(UsageDay, days)


def _counts(record: RequestRecord) -> Counter[str]:
    counts = Counter({"requests": 1})
    outcome = _OUTCOMES.get(record.status // 100)
    if outcome:
        counts[outcome] = 1
    if outcome == "answered" and record.facings is not None:
        counts["facings"] = record.facings
        counts["milliseconds"] = round(record.milliseconds)
        counts[column_of(record.milliseconds)] = 1
    return counts


def _upsert(model: type[UsageHour] | type[UsageDay], sums: dict[Key, Counter[str]]) -> None:
    table = model._meta.db_table
    columns, more = ", ".join(SUMS), ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in SUMS)
    places = ", ".join(["%s"] * (len(SUMS) + 2))
    statement = f"""
        INSERT INTO {table} (tenant_id, at, {columns}) VALUES ({places})
        ON CONFLICT (tenant_id, at) DO UPDATE SET {more}
    """  # noqa: S608 - of constants
    with connection.cursor() as cursor:
        for (tenant, at), counts in sorted(sums.items(), key=lambda item: item[0]):
            cursor.execute(statement, [tenant, _stored(at), *(counts[name] for name in SUMS)])


def _stored(at: datetime | date) -> str | datetime | date | None:
    """As the database takes it."""
    if isinstance(at, datetime):
        return connection.ops.adapt_datetimefield_value(at)
    return connection.ops.adapt_datefield_value(at)


def prune() -> int:
    """Deletes what is older than USAGE_HISTORY_DAYS, a part at a time; how many rows."""
    oldest, gone = timezone.now() - timedelta(days=settings.USAGE_HISTORY_DAYS), 0
    for rows in (UsageHour.objects.filter(at__lt=oldest), UsageDay.objects.filter(at__lt=oldest.date())):
        while pks := list(rows.order_by().values_list("pk", flat=True)[:_PIECE]):
            with writing():
                gone += rows.model._default_manager.filter(pk__in=pks).delete()[0]
    return gone
