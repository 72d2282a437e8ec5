"""A tenant's usage against its quota, as charts for its page in admin."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from django.utils import timezone

from staff.charts import Bars, Part, bars
from tenants import usage_figures
from tenants.models import Tenant, Usage, UsageDay, UsageMonth
from tenants.models.usage import month_of
from tenants.quota import usage_of


@dataclass(frozen=True)
class TenantUsage:
    """usage: of this month, by the ledger; left_days: of the month, today included."""

    usage: Usage
    left_days: int
    month: Bars
    year: Bars
    day: Bars

    @property
    def percent(self) -> float:
        return 100 * self.usage.used / self.usage.limit if self.usage.limit else 100.0


def usage_of_tenant(tenant: Tenant, now: datetime | None = None) -> TenantUsage:
    """Five queries, each for this tenant alone."""
    now = now or timezone.now()
    usage, today = usage_of(tenant, now), now.astimezone(UTC).date()
    left = datetime.fromtimestamp(usage.reset_epoch, UTC).date() - today
    return TenantUsage(usage, left.days, _month(tenant, usage, today), _year(tenant, today), _day(tenant, now))


def _month(tenant: Tenant, usage: Usage, today: date) -> Bars:
    """The sum so far, day by day. Days come from requests, the whole from the ledger: the last bar is the ledger's."""
    days = [usage.month + timedelta(days=day) for day in range(today.day)]
    rows = UsageDay.objects.filter(tenant=tenant, at__gte=usage.month, at__lte=today)
    # What read no photo is not billed; requests of test keys are not told apart here.
    found = {row.at: row.read for row in rows}
    sums = [min(total, usage.used) for total in accumulate(found.get(day, 0) for day in days)]
    sums[-1] = usage.used
    labels = [f"{day:%-d %b}" for day in days]
    limit = ("limit", usage.limit)
    return bars(f"{usage.month:%B %Y}: units used, day by day", labels, [Part("units so far", "answered", sums)], limit)


def _year(tenant: Tenant, today: date) -> Bars:
    months = [month_of(datetime(today.year, today.month, 1, tzinfo=UTC))]
    while len(months) < 12:
        months.insert(0, (months[0] - timedelta(days=1)).replace(day=1))
    used = dict(UsageMonth.objects.filter(tenant=tenant, month__gte=months[0]).values_list("month", "used"))
    labels = [f"{month:%b %Y}" for month in months]
    parts = [Part("units", "answered", [used.get(month, 0) for month in months])]
    short = [f"{month:%b}" for month in months]
    return bars("Units used, 12 months", labels, parts, ("quota today", tenant.monthly_quota), short=short)


def _day(tenant: Tenant, now: datetime) -> Bars:
    span = usage_figures.span("24h", now)
    series = usage_figures.series(span, tenant)
    outcomes = [
        Part("answered", "answered", [sums.answered for sums in series]),
        Part("refused (4xx)", "refused", [sums.refused for sums in series]),
        Part("failed (5xx)", "failed", [sums.failed for sums in series]),
    ]
    return bars("Requests, 24 hours (UTC)", [f"{at:%H:00}" for at in span.pieces], outcomes)
