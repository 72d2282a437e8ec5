"""Quota: a unit is reserved before the work, billed when it is answered, given back otherwise.

A request for several images takes as many units: all of them, or none."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from typing import Protocol

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from database.writing import writing
from tenants import daily_allowance, ledger, notices
from tenants.errors import QuotaExhausted
from tenants.models import ApiKey, Tenant, TopUp, Usage, UsageMonth
from tenants.models.usage import month_of

Keep = Callable[[], object]


class End(Protocol):
    """How a unit ends. keep: writes what must be there if, and only if, the unit is billed."""

    def __call__(self, billed: bool, keep: Keep | None = None) -> Usage: ...


class Ticket:
    """The reserved units of a request, nearly always one. The first of `settle` and `release` counts; whatever follows
    changes nothing.

    What is settled after its lease ran out is billed all the same, because its answer was sent. The quota may then be
    exceeded by the units that were so late.
    """

    def __init__(self, end: End) -> None:
        self._end = end
        self._lock = Lock()
        self._outcome: Usage | None = None

    def settle(self, keep: Keep | None = None) -> Usage:
        """The unit becomes used; the usage that includes it. keep: runs in the same transaction, and if it raises, the
        unit is still reserved."""
        return self._finish(True, keep)

    def release(self) -> Usage:
        """The unit becomes free again; the usage without it."""
        return self._finish(False)

    def _finish(self, billed: bool, keep: Keep | None = None) -> Usage:
        with self._lock:
            if self._outcome is None:
                self._outcome = self._end(billed, keep)
            return self._outcome


def reserve(key: ApiKey, now: datetime | None = None, units: int = 1) -> Ticket:
    """Units of the month in which the request arrived (`now`); raises QuotaExhausted where they do not all fit."""
    now = now or timezone.now()
    return _reserve_test(key, now, units) if key.is_test else _reserve_live(key, now, units)


def _reserve_live(key: ApiKey, now: datetime, count: int) -> Ticket:
    units = ledger.claim(key, now, count)
    if units is None:
        # Nothing free, the first request of a month, or units of a dead process: told apart only now.
        usage = usage_of(key.tenant, now)
        if usage.remaining >= count:
            ledger.open_month(key.tenant_id, usage.month)
            units = ledger.claim(key, now, count)
    if units is None:
        raise _why(key, usage, now, count)
    return Ticket(_ends(units, key.tenant_id))


def _why(key: ApiKey, usage: Usage, now: datetime, count: int) -> QuotaExhausted:
    notices.note(key.tenant_id, usage)
    if key.monthly_cap is not None and ledger.taken_by(key, now) + count > key.monthly_cap:
        return QuotaExhausted.of_the_key(key.monthly_cap)
    return QuotaExhausted.too_few(count, usage.remaining) if count > 1 else QuotaExhausted.of_the_month(usage.limit)


def _ends(units: ledger.Units, tenant_id: int) -> End:
    def end(billed: bool, keep: Keep | None = None) -> Usage:
        with writing() if keep else nullcontext():
            if keep:
                keep()
            usage = ledger.finish(units, billed, timezone.now())
        if billed:
            notices.note(tenant_id, usage)
        return usage

    return end


def _reserve_test(key: ApiKey, now: datetime, count: int) -> Ticket:
    daily_allowance.take(key, now, count)

    def end(billed: bool, keep: Keep | None = None) -> Usage:
        if keep:
            keep()
        if not billed:
            daily_allowance.give_back(key, now, count)
        return usage_of(key.tenant, now)

    return Ticket(end)


def usage_of(tenant: Tenant, now: datetime | None = None) -> Usage:
    """This month as it stands, by one query."""
    return ledger.usage(tenant.pk, now or timezone.now())


def check_not_exhausted(key: ApiKey, now: datetime | None = None) -> None:
    """Refuses early what `reserve` would refuse for certain; no query for a key that was just proven.

    Units in flight do not count here: they may still come back before this request needs one.
    """
    if key.is_test:
        daily_allowance.check(key, now or timezone.now())
        return
    usage = key.usage_seen or usage_of(key.tenant, now)
    if usage.used >= usage.limit:
        notices.note(key.tenant_id, usage)
        raise QuotaExhausted.of_the_month(usage.limit)
    if key.monthly_cap is not None and key.own_used_seen >= key.monthly_cap:
        raise QuotaExhausted.of_the_key(key.monthly_cap)


def top_up(tenant: Tenant, units: int, reason: str, made_by: str, now: datetime | None = None) -> Usage:
    """Units beyond the quota, for this month alone; a negative number takes some back. Raises ValidationError."""
    now = now or timezone.now()
    with transaction.atomic():
        month = ledger.open_month(tenant.pk, month_of(now))
        if not UsageMonth.objects.filter(pk=month.pk, extra__gte=-units).update(extra=F("extra") + units):
            raise ValidationError("More is taken back than was added this month.")
        entry = TopUp(month=month, units=units, reason=reason, made_by=made_by)
        entry.full_clean()
        entry.save()
        usage = usage_of(tenant, now)
        notices.note_change(tenant.pk, usage)
    return usage


@dataclass(frozen=True)
class MonthUsed:
    month: date
    used: int


def history(tenant: Tenant) -> list[MonthUsed]:
    """Every month in which the tenant asked for anything, newest first."""
    rows = tenant.usage_months.order_by("-month").values_list("month", "used")
    return [MonthUsed(month, used) for month, used in rows]
