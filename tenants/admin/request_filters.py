"""What narrows the list of requests. Nothing here looks through all rows for values to offer: there may be millions."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest

from staff.theme import PeriodFilter, SimpleListFilter
from tenants.models import RequestRecord

Requests = QuerySet[RequestRecord]


class Outcome(SimpleListFilter):
    """By what became of it."""

    title = "outcome"
    parameter_name = "outcome"
    ranges = {"answered": (200, 399), "refused": (400, 499), "failed": (500, 599)}

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[tuple[str, str]]:
        return [("answered", "answered (2xx)"), ("refused", "refused (4xx)"), ("failed", "failed (5xx)")]

    def queryset(self, request: HttpRequest, queryset: Requests) -> Requests:
        span = self.ranges.get(self.value() or "")
        return queryset.filter(status__range=span) if span else queryset


class Time(PeriodFilter):
    """The field's own name is no more than "at"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "time (UTC)"


class Endpoint(SimpleListFilter):
    """By the names that the addresses of the API have."""

    title = "endpoint"
    parameter_name = "endpoint"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[tuple[str, str]]:
        return [(name, name) for name in ("predict", "models", "usage", "status", "other")]

    def queryset(self, request: HttpRequest, queryset: Requests) -> Requests:
        return queryset.filter(endpoint=self.value()) if self.value() else queryset
