"""Admin's first page: what is asked and answered, who is near a limit, and how the engine is."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from skuapi.engine_line import EngineLine, engine_line
from staff.charts import Bars, Part, bars
from staff.permitted import may
from tenants import usage_figures
from tenants.models import Tenant
from tenants.usage_figures import At, Pressure, Span, SpanName, Sums, TenantSums

SPANS: dict[SpanName, str] = {"24h": "24 hours", "30d": "30 days", "12m": "12 months"}
LABELS: dict[SpanName, str] = {"24h": "%H:00", "30d": "%-d %b", "12m": "%b %Y"}
NAMED = 8
"""Tenants in each table."""
SEES_USAGE = ("view_tenant", "view_usagemonth", "view_requestrecord")


@dataclass(frozen=True)
class Dashboard:
    """total is None for those who may not see usage; pressure and busiest are for those who may see tenants."""

    span: SpanName
    spans: dict[SpanName, str]
    engine: EngineLine
    total: Sums | None
    charts: Sequence[Bars]
    pressure: Sequence[Pressure]
    busiest: Sequence[TenantSums]
    names_tenants: bool
    has_tenants: bool

    @property
    def span_label(self) -> str:
        return self.spans[self.span]


def dashboard(request: HttpRequest) -> Dashboard:
    """As whoever is logged in may see it; `?span=` chooses the time."""
    now, name = timezone.now(), _span_name(request.GET.get("span", ""))
    sees = any(may(request, f"tenants.{permission}") for permission in SEES_USAGE)
    names = may(request, "tenants.view_tenant")
    span = usage_figures.span(name, now)
    series = usage_figures.series(span) if sees else []
    return Dashboard(
        span=name,
        spans=SPANS,
        engine=engine_line(),
        total=sum(series, Sums()) if sees else None,
        charts=_charts(span, series) if sees else (),
        pressure=usage_figures.nearest_to_their_limit(now, NAMED) if names else (),
        busiest=usage_figures.busiest(span, NAMED) if names else (),
        names_tenants=names,
        has_tenants=names and Tenant.objects.exists(),
    )


def _span_name(wanted: str) -> SpanName:
    return next((name for name in SPANS if name == wanted), "24h")


def labels(span: Span) -> list[str]:
    return [_label(at, span.name) for at in span.pieces]


def _label(at: At, name: SpanName) -> str:
    return f"{at:{LABELS[name]}}"


def _charts(span: Span, series: Sequence[Sums]) -> list[Bars]:
    outcomes = [
        Part("answered", "answered", [sums.answered for sums in series]),
        Part("refused (4xx)", "refused", [sums.refused for sums in series]),
        Part("failed (5xx)", "failed", [sums.failed for sums in series]),
    ]
    facings = [Part("facings", "answered", [sums.facings for sums in series])]
    latency = [
        Part("p95", "light", [round(sums.p95 or 0) for sums in series]),
        Part("p50", "answered", [round(sums.p50 or 0) for sums in series]),
    ]
    named = labels(span)
    short = [label.split()[0] for label in named] if span.name == "12m" else named
    return [
        bars("Requests", named, outcomes, short=short),
        bars("Facings found", named, facings, short=short),
        bars("Time to an answer (ms)", named, latency, stacked=False, short=short),
    ]
