"""What happened to releases: as a table on their pages and those of lines, in their History, and as a list."""

from collections.abc import Iterator

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from modelstore.admin.read_only import ReadOnlyAdmin
from modelstore.models import ReleaseEvent
from staff.history import Line
from staff.theme import ModelAdmin

SHOWN = 100


def audit_trail(events: "QuerySet[ReleaseEvent]") -> SafeString:
    """The newest first; of more than a hundred it says so."""
    newest = list(events.select_related("release__line").defer("release__manifest")[: SHOWN + 1])
    context = {"events": newest[:SHOWN], "cut": len(newest) > SHOWN, "shown": SHOWN}
    return render_to_string("admin/modelstore/audit_trail.html", context)


def lines(events: "QuerySet[ReleaseEvent]") -> Iterator[Line]:
    """As the History page shows what happened."""
    for event in events.select_related("release__line").defer("release__manifest"):
        why = " ".join(filter(None, (event.reason, event.verdict and f"Gate: {event.verdict}")))
        told = str(event.get_kind_display()).capitalize()
        yield Line(event.at, event.who, f"{told}. {why}".strip(), str(event.release))


@admin.register(ReleaseEvent)
class ReleaseEventAdmin(ReadOnlyAdmin, ModelAdmin):  # type: ignore[type-arg]
    list_display = ("at", "release", "kind", "who", "reason", "verdict")
    list_filter = ("kind",)
    date_hierarchy = "at"
    search_fields = ("release__line__category", "release__line__brand", "who", "reason", "verdict")
    search_help_text = "Category, brand, who, or why"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[ReleaseEvent]":
        events: QuerySet[ReleaseEvent] = super().get_queryset(request)
        return events.select_related("release__line").defer("release__manifest")
