"""The counters of a month and the reservations behind them.

A count changes by one conditional UPDATE whose result is read, in the transaction that writes or removes
the reservation: rows and counters always agree. Row locks are taken in one order, reservation before
month, and `give_back_expired` skips reservations that someone else is finishing: no deadlock.

A lease has expired when its end is past, or when it was given in the future: then the clock was set back since. A clock
that is set forward ends leases early. Either way a unit that is answered is billed, whoever gave it back meanwhile.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import IntegrityError, connection
from django.db.models import Q
from django.utils import timezone

from database.writing import writing
from tenants.errors import KeyUnknown
from tenants.models import ApiKey, Reservation, Usage, UsageMonth
from tenants.models.usage import month_of

# What a key has taken of a month, and a month in which it has taken more, as each database writes JSON.
_TAKEN = {
    "sqlite": """COALESCE(json_extract(by_key, '$."' || CAST(%s AS TEXT) || '"'), 0)""",
    "postgresql": "COALESCE((by_key ->> CAST(%s AS TEXT))::bigint, 0)",
}
_WITH = {
    "sqlite": """json_set(by_key, '$."' || CAST(%s AS TEXT) || '"', {taken} + %s)""",
    "postgresql": "jsonb_set(by_key, ARRAY[CAST(%s AS TEXT)], to_jsonb({taken} + %s))",
}
CLOCK_SKEW = timedelta(seconds=5)
"""By which the clocks of several hosts may differ."""
# How many leases of a month have expired: takes the two moments of `_limits`.
_EXPIRED = """(SELECT COUNT(*) FROM tenants_reservation
               WHERE month_id = tenants_usagemonth.id AND (expires_at <= %s OR created_at > %s))"""
# Quota and cap are read in the statement that claims: what was changed meanwhile counts for this unit already.
_CLAIM = """
    UPDATE tenants_usagemonth SET in_flight = in_flight + %s, by_key = {more}
    WHERE tenant_id = %s AND month = %s
    AND used + in_flight + %s <= extra + (SELECT monthly_quota FROM tenants_tenant WHERE id = %s)
    AND {taken} + %s <= COALESCE((SELECT monthly_cap FROM tenants_apikey WHERE id = %s), 9223372036854775807)
    RETURNING id, {expired}
"""
_HOLD = """
    INSERT INTO tenants_reservation (key_id, counted_as, month_id, expires_at, created_at)
    VALUES (%s, %s, %s, %s, %s) RETURNING id
"""
_LET_GO = "DELETE FROM tenants_reservation WHERE id = %s RETURNING id"
_FINISH = """
    UPDATE tenants_usagemonth SET used = used + %s, in_flight = in_flight - %s, by_key = {more}
    WHERE id = %s
    RETURNING month, used, in_flight,
        extra + (SELECT monthly_quota FROM tenants_tenant WHERE id = tenants_usagemonth.tenant_id),
        {expired}
"""
_GIVE_BACK = "UPDATE tenants_usagemonth SET in_flight = in_flight - %s, by_key = {more} WHERE id = %s RETURNING id"
_READ = """
    SELECT monthly_quota + COALESCE(extra, 0), used, in_flight,
        {expired}
    FROM tenants_tenant LEFT JOIN tenants_usagemonth
        ON tenants_usagemonth.tenant_id = tenants_tenant.id AND month = %s
    WHERE tenants_tenant.id = %s
"""


def _in_words_of_the_database(statement: str) -> str:
    taken = _TAKEN[connection.vendor]
    return statement.format(taken=taken, more=_WITH[connection.vendor].format(taken=taken), expired=_EXPIRED)


def _row(statement: str, *parameters: Any) -> tuple[Any, ...] | None:
    """The one row a statement gives; it is read to its end so that SQLite can commit."""
    adapted = [
        connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
        for value in parameters
    ]
    with connection.cursor() as cursor:
        cursor.execute(_in_words_of_the_database(statement), adapted)
        rows = cursor.fetchall()
    return rows[0] if rows else None


def _limits(now: datetime) -> tuple[datetime, datetime]:
    """A lease is over that ends before the first, or was given after the second. now: of the request, which may have
    waited for its picture since."""
    return now, timezone.now() + CLOCK_SKEW


class Units(NamedTuple):
    """Units of one request in flight: the primary keys of their reservations and of their month, and
    ApiKey.counted_as."""

    reservations: tuple[int, ...]
    month: int
    counted_as: int


def claim(key: ApiKey, now: datetime, count: int = 1) -> Units | None:
    """So many units of the month of `now`, held until the lease ends; None when quota or cap do not leave them all."""
    lease, whose = timedelta(seconds=settings.RESERVATION_LEASE), key.counted_as
    with writing():
        tenant = key.tenant_id
        wanted = (count, whose, whose, count, tenant, month_of(now), count, tenant, whose, count, key.pk)
        row = _row(_CLAIM, *wanted, *_limits(now))
        if row is None:
            return None
        month_id, expired = row
        held = [_row(_HOLD, key.pk, whose, month_id, now + lease, timezone.now()) for _ in range(count)]
    if expired:
        give_back_expired(key.tenant_id, now)
    return Units(tuple(row[0] for row in held if row), month_id, whose)


def finish(units: Units, billed: bool, now: datetime) -> Usage:
    """Ends reservations, all in one transaction. One that has expired and was given back is billed all the same: it was
    answered.

    Raises KeyUnknown when the tenant was erased meanwhile, as whatever reads its month."""
    with writing():
        held = sum(_row(_LET_GO, reservation) is not None for reservation in units.reservations)
        whose, used = units.counted_as, len(units.reservations) * billed
        row = _row(_FINISH, used, held, whose, whose, used - held, units.month, *_limits(now))
    if row is None:
        raise KeyUnknown  # the tenant was erased while it was served
    month, used, in_flight, limit, expired = row
    return Usage(date.fromisoformat(str(month)), limit, used, in_flight - expired)


def open_month(tenant_id: int, month: date) -> UsageMonth:
    """Raises KeyUnknown when the tenant is erased at this moment."""
    try:
        return UsageMonth.objects.get_or_create(tenant_id=tenant_id, month=month)[0]
    except IntegrityError:
        raise KeyUnknown from None


def give_back_expired(tenant_id: int, now: datetime) -> int:
    """Returns the units whose process died; the number of them."""
    with writing():
        past, future = _limits(now)
        held = Reservation.objects.filter(month__tenant_id=tenant_id)
        expired = held.filter(Q(expires_at__lte=past) | Q(created_at__gt=future))
        free = expired.select_for_update(skip_locked=True, of=("self",))
        units = list(free.values_list("pk", "month_id", "counted_as"))
        Reservation.objects.filter(pk__in=[pk for pk, *_ in units]).delete()
        for (month_id, whose), count in sorted(Counter((month_id, whose) for _, month_id, whose in units).items()):
            _row(_GIVE_BACK, count, whose, whose, -count, month_id)
    return len(units)


def taken_by(key: ApiKey, now: datetime) -> int:
    """Units of this month that the key, and those it has replaced, have used or hold."""
    months = UsageMonth.objects.filter(tenant_id=key.tenant_id, month=month_of(now))
    by_key = months.values_list("by_key", flat=True).first() or {}
    return int(by_key.get(str(key.counted_as), 0))


def usage(tenant_id: int, now: datetime) -> Usage:
    """This month as it stands; gives expired units back when it sees any."""
    month = month_of(now)
    row = _row(_READ, *_limits(now), month, tenant_id)
    if row is None:
        raise KeyUnknown
    limit, used, in_flight, expired = row
    if expired:
        give_back_expired(tenant_id, now)
    return Usage(month, limit, used or 0, (in_flight or 0) - expired)
