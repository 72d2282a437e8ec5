"""Detectors that any brand may use, to look at."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from modelstore.admin.read_only import ReadOnlyAdmin
from modelstore.models import Detector
from staff.theme import ModelAdmin


@admin.register(Detector)
class DetectorAdmin(ReadOnlyAdmin, ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "short_digest", "classes", "created_at")
    search_fields = ("name", "digest")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Detector]:
        detectors: QuerySet[Detector] = super().get_queryset(request)
        return detectors.defer("spec")

    @admin.display(description="digest")
    def short_digest(self, detector: Detector) -> str:
        return detector.digest[:12]
