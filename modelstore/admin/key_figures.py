"""Top-1 and coverage in the list of releases, from their manifests, each of which is read once per process."""

import json
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from modelstore.evaluation.page.figures import written
from modelstore.models import Release
from staff.theme import ModelAdmin

_KEPT = ("top1", "coverage_at_95_precision")
_MOST = 10_000
_known: dict[str, dict[str, float]] = {}
"""By digest: a manifest never changes."""


class KeyFigures(ModelAdmin):  # type: ignore[type-arg]
    """The part of ReleaseAdmin that shows two figures in the list."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        read_figures(changelist.result_list)
        return changelist

    @admin.display(description="top-1")
    def top1(self, release: Release) -> str | None:
        return _shown(release, "top1")

    @admin.display(description="coverage at 95 %")
    def coverage(self, release: Release) -> str | None:
        return _shown(release, "coverage_at_95_precision")


def read_figures(releases: Iterable[Release]) -> None:
    """One query for all that are not known yet."""
    if len(_known) > _MOST:
        _known.clear()
    missing = {release.digest for release in releases} - set(_known)
    if missing:
        rows = Release.objects.filter(digest__in=missing).order_by().values_list("digest", "manifest")
        _known.update((digest, _figures(manifest)) for digest, manifest in rows.iterator())


def _figures(manifest: str) -> dict[str, float]:
    """Of an uploaded bundle they may be anything."""
    metrics = json.loads(manifest)["metrics"]
    return {name: value for name in _KEPT if isinstance(value := metrics.get(name), int | float) and 0 <= value <= 1}


def _shown(release: Release, name: str) -> str | None:
    value = _known.get(release.digest, {}).get(name)
    return None if value is None else written(value)
