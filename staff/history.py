"""The History page of every object: all that the audit trail has about it, and about what belongs to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from auditlog.models import LogEntry
from auditlog.render import get_field_verbose_name
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

from staff.audit import root_of

DID = {LogEntry.Action.CREATE: "Added", LogEntry.Action.UPDATE: "Changed", LogEntry.Action.DELETE: "Deleted"}
PAGE = 50


@dataclass(frozen=True)
class Change:
    """Of one field; for a relation to many, what was added or taken away."""

    field: str
    before: str
    now: str


@dataclass(frozen=True)
class Line:
    """One thing that happened."""

    at: datetime
    who: str
    what: str
    about: str = ""
    address: str = ""
    changes: tuple[Change, ...] = ()


def who(entry: LogEntry) -> str:
    return str((entry.additional_data or {}).get("who", "") or "unknown")


def what(entry: LogEntry) -> str:
    """`Rotated.` where somebody has said it in words; Added, Changed or Deleted otherwise."""
    return str((entry.additional_data or {}).get("did", "") or DID.get(entry.action, "Noted"))


def changes(entry: LogEntry) -> tuple[Change, ...]:
    return tuple(_change(entry, name, told) for name, told in sorted(entry.changes_dict.items()))


def _change(entry: LogEntry, name: str, told: Any) -> Change:
    field = get_field_verbose_name(entry, name)
    if isinstance(told, dict):
        names = ", ".join(told.get("objects", ()))
        return Change(field, "", f"+ {names}") if told.get("operation") == "add" else Change(field, f"− {names}", "")
    before, now = ("" if value in ("None", None) else str(value) for value in told)
    return Change(field, before, now)


def entries_of(row: Model, roots: Iterable[str] = ()) -> QuerySet[Any]:
    """About the row and whatever belongs to it, or to these, the newest first."""
    kind = ContentType.objects.get_for_model(row)
    own = Q(content_type=kind, object_pk=str(row.pk))
    found: QuerySet[Any] = LogEntry.objects.filter(own | Q(cid__in=[root_of(row._meta.label_lower, row.pk), *roots]))
    return found.select_related("content_type").order_by("-timestamp", "-pk")


def line(entry: LogEntry, row: Model | None = None) -> Line:
    """row: whose page it is; an entry about it need not say so."""
    itself = row is not None and entry.object_pk == str(row.pk) and entry.content_type.model == row._meta.model_name
    about = "" if itself else f"{entry.content_type.name}: {entry.object_repr}"
    return Line(entry.timestamp, who(entry), what(entry), about, entry.remote_addr or "", changes(entry))


class WithTrail:
    """For the classes of admin."""

    admin_site: Any
    opts: Any

    def more_roots(self, obj: Any) -> Iterable[str]:
        """What else the object's page is about, as `staff.audit.root_of` names it."""
        return ()

    def more_history(self, obj: Any) -> Iterable[Line]:
        """What else is known of the object, from a trail of its own."""
        return ()

    # Django's own log is a table that no page shows, with a copy of what is erased elsewhere: nothing is written there.

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The trail follows the model."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Likewise; whoever changes a row past the signals calls `staff.audit.note`."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """Likewise."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        admin: Any = self
        obj = admin.get_object(request, unquote(object_id))
        if obj is None:
            answer: HttpResponseBase = admin._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            return answer
        if not admin.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        lines = [line(entry, obj) for entry in entries_of(obj, self.more_roots(obj))] + list(self.more_history(obj))
        pages = Paginator(sorted(lines, key=lambda one: one.at, reverse=True), PAGE)
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {obj}",
            "object": obj,
            "opts": self.opts,
            "lines": pages.get_page(request.GET.get("p")),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "staff/history.html", context)
