"""The counters of a month and the reservations behind them.

A count changes by one conditional UPDATE whose result is read, in the transaction that writes or removes
the reservation: rows and counters always agree. Row locks are taken in one order, reservation before
month, and `give_back_expired` skips reservations that someone else is finishing: no deadlock.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from tenants.models import ApiKey, Reservation, Usage, UsageMonth
from tenants.models.usage import month_of

# The quota is read in the statement that claims: a quota changed meanwhile counts for this unit already.
_CLAIM = """
    UPDATE tenants_usagemonth SET in_flight = in_flight + 1
    WHERE tenant_id = %s AND month = %s AND used + in_flight <
          (SELECT monthly_quota FROM tenants_tenant WHERE id = %s)
    RETURNING id, (SELECT COUNT(*) FROM tenants_reservation
                   WHERE month_id = tenants_usagemonth.id AND expires_at <= %s)
"""
_FINISH = """
    UPDATE tenants_usagemonth SET used = used + %s, in_flight = in_flight - %s
    WHERE id = %s
    RETURNING month, used, in_flight,
        (SELECT monthly_quota FROM tenants_tenant WHERE id = tenants_usagemonth.tenant_id),
        (SELECT COUNT(*) FROM tenants_reservation
         WHERE month_id = tenants_usagemonth.id AND expires_at <= %s)
"""
_READ = """
    SELECT monthly_quota, used, in_flight,
        (SELECT COUNT(*) FROM tenants_reservation
         WHERE month_id = tenants_usagemonth.id AND expires_at <= %s)
    FROM tenants_tenant LEFT JOIN tenants_usagemonth
        ON tenants_usagemonth.tenant_id = tenants_tenant.id AND month = %s
    WHERE tenants_tenant.id = %s
"""


def _row(statement: str, *parameters: Any) -> tuple[Any, ...] | None:
    """The one row a statement gives; it is read to its end so that SQLite can commit."""
    adapted = [
        connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
        for value in parameters
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, adapted)
        rows = cursor.fetchall()
    return rows[0] if rows else None


def claim(key: ApiKey, now: datetime) -> Reservation | None:
    """One unit of the month of `now`, held until the lease ends; None when no unit is free."""
    with transaction.atomic():
        row = _row(_CLAIM, key.tenant_id, month_of(now), key.tenant_id, now)
        if row is None:
            return None
        month_id, expired = row
        lease = timedelta(seconds=settings.RESERVATION_LEASE)
        unit = Reservation.objects.create(key=key, month_id=month_id, expires_at=now + lease)
    if expired:
        give_back_expired(key.tenant_id, now)
    return unit


def finish(unit: Reservation, billed: bool, now: datetime) -> Usage:
    """Ends a reservation. One that has expired and was given back is billed all the same: it was answered."""
    with transaction.atomic():
        held, _ = Reservation.objects.filter(pk=unit.pk).delete()
        row = _row(_FINISH, int(billed), held, unit.month_id, now)
    assert row is not None, "months of usage are never deleted"
    month, used, in_flight, limit, expired = row
    return Usage(date.fromisoformat(str(month)), limit, used, in_flight - expired)


def open_month(tenant_id: int, month: date) -> None:
    UsageMonth.objects.get_or_create(tenant_id=tenant_id, month=month)


def give_back_expired(tenant_id: int, now: datetime) -> int:
    """Returns the units whose process died; the number of them."""
    with transaction.atomic():
        expired = Reservation.objects.filter(month__tenant_id=tenant_id, expires_at__lte=now)
        free = expired.select_for_update(skip_locked=True, of=("self",))
        units = list(free.values_list("pk", "month_id"))
        Reservation.objects.filter(pk__in=[pk for pk, _ in units]).delete()
        for month_id, count in sorted(Counter(month_id for _, month_id in units).items()):
            UsageMonth.objects.filter(pk=month_id).update(in_flight=F("in_flight") - count)
    return len(units)


def usage(tenant_id: int, now: datetime) -> Usage:
    """This month as it stands; gives expired units back when it sees any."""
    month = month_of(now)
    row = _row(_READ, now, month, tenant_id)
    assert row is not None, "tenants are never deleted"
    limit, used, in_flight, expired = row
    if expired:
        give_back_expired(tenant_id, now)
    return Usage(month, limit, used or 0, (in_flight or 0) - expired)
