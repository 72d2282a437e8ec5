"""What the charts of admin show: sums over a span of time, of all tenants or of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from django.db.models import F, FloatField, QuerySet, Sum
from django.db.models.functions import Cast, NullIf

from tenants import latency
from tenants.models import Tenant, UsageDay, UsageHour, UsageMonth
from tenants.models.usage import month_of
from tenants.rollups import SUMS

SpanName = Literal["24h", "30d", "12m"]
At = datetime | date


@dataclass(frozen=True)
class Sums:
    """requests, answered (2xx), refused (4xx), failed (5xx), facings; spread: by tenants.latency.BOUNDS."""

    requests: int = 0
    answered: int = 0
    refused: int = 0
    failed: int = 0
    facings: int = 0
    milliseconds: int = 0
    spread: tuple[int, ...] = (0,) * len(latency.COLUMNS)

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.requests + other.requests,
            self.answered + other.answered,
            self.refused + other.refused,
            self.failed + other.failed,
            self.facings + other.facings,
            self.milliseconds + other.milliseconds,
            tuple(a + b for a, b in zip(self.spread, other.spread, strict=True)),
        )

    @classmethod
    def of(cls, row: Sequence[int]) -> "Sums":
        """row: in the order of tenants.rollups.SUMS."""
        requests, answered, refused, failed, facings, milliseconds, *spread = row
        return cls(requests, answered, refused, failed, facings, milliseconds, tuple(spread))

    @property
    def error_rate(self) -> float | None:
        """Of all requests, those that the service failed (5xx); 0 to 1."""
        return self.failed / self.requests if self.requests else None

    @property
    def p50(self) -> float | None:
        return latency.percentile(self.spread, 0.5)

    @property
    def p95(self) -> float | None:
        return latency.percentile(self.spread, 0.95)


@dataclass(frozen=True)
class Span:
    """Pieces of time, oldest first; the last one is still running."""

    name: SpanName
    pieces: tuple[At, ...]

    @property
    def start(self) -> At:
        return self.pieces[0]

    def piece_of(self, at: At) -> At:
        return at.replace(day=1) if self.name == "12m" else at


def span(name: SpanName, now: datetime) -> Span:
    """The 24 hours, 30 days or 12 calendar months (UTC) that end with the present one."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if name == "24h":
        return Span(name, tuple(hour - timedelta(hours=back) for back in reversed(range(24))))
    if name == "30d":
        return Span(name, tuple(hour.date() - timedelta(days=back) for back in reversed(range(30))))
    return Span(name, tuple(reversed(list(_months(month_of(now), 12)))))


def _months(last: date, count: int) -> Iterable[date]:
    for _ in range(count):
        yield last
        last = (last - timedelta(days=1)).replace(day=1)


def series(wanted: Span, tenant: Tenant | None = None) -> list[Sums]:
    """One for each piece of the span, by one query."""
    rows = _rows(wanted).order_by().values_list("at").annotate(*(Sum(name) for name in SUMS))
    if tenant is not None:
        rows = rows.filter(tenant=tenant)
    found: dict[At, Sums] = {}
    for at, *sums in rows:
        piece = wanted.piece_of(at)
        found[piece] = found.get(piece, Sums()) + Sums.of(sums)
    return [found.get(piece, Sums()) for piece in wanted.pieces]


def _rows(wanted: Span) -> "QuerySet[Any, Any]":
    if wanted.name == "24h":
        return UsageHour.objects.filter(at__gte=wanted.start)
    return UsageDay.objects.filter(at__gte=wanted.start)


@dataclass(frozen=True)
class TenantSums:
    pk: int
    name: str
    requests: int
    facings: int
    failed: int


def busiest(wanted: Span, most: int) -> list[TenantSums]:
    """Tenants by requests, the busiest first."""
    sums = (Sum("requests"), Sum("facings"), Sum("failed"))
    rows = _rows(wanted).order_by("-requests__sum", "tenant").values_list("tenant").annotate(*sums)[:most]
    found = list(rows)
    names = dict(Tenant.objects.filter(pk__in=[pk for pk, *_ in found]).values_list("pk", "name"))
    return [TenantSums(pk, names.get(pk, ""), *counts) for pk, *counts in found]


@dataclass(frozen=True)
class Pressure:
    """Units of this month; limit: quota and top-ups."""

    pk: int
    name: str
    used: int
    limit: int

    @property
    def percent(self) -> float:
        return 100 * self.used / self.limit if self.limit else 100.0


def nearest_to_their_limit(now: datetime, most: int) -> list[Pressure]:
    """Active tenants that have used anything this month, by the share of their quota; none without a quota."""
    limit = F("tenant__monthly_quota") + F("extra")
    share = Cast("used", FloatField()) / NullIf(limit, 0)
    months = UsageMonth.objects.filter(month=month_of(now), tenant__is_active=True, used__gt=0)
    rows = months.annotate(limit=limit, share=share).exclude(limit=0).order_by("-share", "tenant")
    return [Pressure(*row) for row in rows.values_list("tenant", "tenant__name", "used", "limit")[:most]]
