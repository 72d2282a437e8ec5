"""What Ctrl+K finds: a tenant, a key by its id, a request by its id, a release by its name."""

from collections.abc import Iterator

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from staff.navigation import GROUPS

SEARCHED = (
    *("tenants.tenant", "tenants.apikey", "tenants.requestrecord"),
    *("modelstore.modelline", "modelstore.release", "auth.user"),
)
MOST = 5
"""Rows of each kind: whoever wants more goes to its list."""


def found(request: HttpRequest, words: str) -> list[SearchResult]:
    """By the search fields of each list, and only in lists that whoever asks may see."""
    return [result for label in SEARCHED for result in _found(request, words, label)]


def _found(request: HttpRequest, words: str, label: str) -> Iterator[SearchResult]:
    model = apps.get_model(label)
    registered = admin.site._registry.get(model)
    if registered is None or not registered.has_view_permission(request):
        return
    rows, twice = registered.get_search_results(request, registered.get_queryset(request), words)
    title, icon = next(listed[label] for listed in GROUPS.values() if label in listed)
    for row in (rows.distinct() if twice else rows)[:MOST]:
        link = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])
        yield SearchResult(title=str(row), description=title, link=link, icon=icon)
