"""The counters of a month and the reservations behind them.

A count changes by one conditional UPDATE whose result is read, in the transaction that writes or removes
the reservation: rows and counters always agree. Row locks are taken in one order, reservation before
month, and `give_back_expired` skips reservations that someone else is finishing: no deadlock.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils import timezone

from database.writing import writing
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
_HOLD = """
    INSERT INTO tenants_reservation (key_id, month_id, expires_at, created_at) VALUES (%s, %s, %s, %s) RETURNING id
"""
_LET_GO = "DELETE FROM tenants_reservation WHERE id = %s RETURNING id"
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


class Unit(NamedTuple):
    """A unit in flight: the primary keys of its reservation and of its month."""

    reservation: int
    month: int


def claim(key: ApiKey, now: datetime) -> Unit | None:
    """One unit of the month of `now`, held until the lease ends; None when no unit is free."""
    lease = timedelta(seconds=settings.RESERVATION_LEASE)
    with writing():
        row = _row(_CLAIM, key.tenant_id, month_of(now), key.tenant_id, now)
        if row is None:
            return None
        month_id, expired = row
        held = _row(_HOLD, key.pk, month_id, now + lease, timezone.now())
    assert held is not None, "an INSERT returns its row"
    if expired:
        give_back_expired(key.tenant_id, now)
    return Unit(held[0], month_id)


def finish(unit: Unit, billed: bool, now: datetime) -> Usage:
    """Ends a reservation. One that has expired and was given back is billed all the same: it was answered."""
    with writing():
        held = _row(_LET_GO, unit.reservation) is not None
        row = _row(_FINISH, int(billed), int(held), unit.month, now)
    assert row is not None, "months of usage are never deleted"
    month, used, in_flight, limit, expired = row
    return Usage(date.fromisoformat(str(month)), limit, used, in_flight - expired)


def open_month(tenant_id: int, month: date) -> None:
    UsageMonth.objects.get_or_create(tenant_id=tenant_id, month=month)


def give_back_expired(tenant_id: int, now: datetime) -> int:
    """Returns the units whose process died; the number of them."""
    with writing():
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
