"""The audit trail: who changed what, when and from where. django-auditlog keeps it; this signs its entries.

Models that are `register`ed are followed by themselves; whoever changes a row by an UPDATE that passes them by calls
`note`, in the transaction of the change. Nothing here runs for a request of the API.
"""

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.conf import settings
from django.contrib.admin.models import LogEntry as AdminLogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model, Q
from django.db.models.signals import post_save, pre_save
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from database.writing import writing
from staff.address import client_address
from staff.operator import operator

ADMIN = "/admin/"
MASK = "not shown"
PRUNED_EVERY, MOST = 200, 1000
_request: ContextVar[HttpRequest | None] = ContextVar("audited_request", default=None)


class AuditMiddleware:
    """Lets entries know the request of admin that they are written in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ADMIN):
            return self.get_response(request)
        token = _request.set(request)
        try:
            return self.get_response(request)
        finally:
            _request.reset(token)


def register(model: type[Model], *fields: str, many: Iterable[str] = (), masked: Iterable[str] = ()) -> None:
    """Follow these fields of a model and no others. many: of its relations to many; masked: only that they changed.

    A model that belongs to another says so by `get_additional_data() -> {"of": root_of(...)}`, so that the history of
    the other shows it, too.
    """
    auditlog.register(
        model,
        include_fields=[*fields, *masked],
        m2m_fields=set(many),
        mask_fields=list(masked),
        mask_callable="staff.audit.mask",
    )


def mask(value: str) -> str:
    return MASK


def root_of(model: str, pk: Any) -> str:
    """Under which the entries of everything that belongs to a row are found: `tenants.tenant:7`."""
    return f"{model}:{pk}"


def note(row: Model, did: str = "", **changes: tuple[Any, Any]) -> None:
    """An entry about a change that no signal tells of. did: in words; changes: what was, and what is, by field."""
    told = {name: [str(before), str(now)] for name, (before, now) in changes.items()}
    LogEntry.objects.log_create(
        row,
        force_log=True,
        action=LogEntry.Action.UPDATE if told else LogEntry.Action.ACCESS,
        changes=told,
        additional_data={**getattr(row, "get_additional_data", dict)(), "did": did},
    )


def note_erasure(model: type[Model], pk: Any) -> None:
    """That a row was erased, by whom and when; neither its name nor anything else that it said."""
    LogEntry.objects.create(
        content_type=ContentType.objects.get_for_model(model),
        object_pk=str(pk),
        object_repr=f"number {pk}",
        action=LogEntry.Action.DELETE,
        changes={},
        additional_data={"did": "Erased, with everything stored about it."},
    )


def _sign(instance: LogEntry, **kwargs: Any) -> None:
    """Before an entry is written: who is at it, from where, and what the row belongs to."""
    if instance.pk is not None:
        return
    data, request = dict(instance.additional_data or {}), _request.get()
    instance.cid = data.pop("of", None)
    if request is None:
        data["who"] = operator()
    else:
        user = request.user
        instance.remote_addr = client_address(request)
        waiting = getattr(request, "between_factors", "")
        instance.actor_id, data["who"] = user.pk, user.get_username() or waiting or "nobody logged in"
    instance.additional_data = data


def _tidy(instance: LogEntry, created: bool, **kwargs: Any) -> None:
    if created and instance.pk % PRUNED_EVERY == 0:
        transaction.on_commit(prune_some)


def connect() -> None:
    pre_save.connect(_sign, sender=LogEntry, dispatch_uid="staff.audit")
    post_save.connect(_tidy, sender=LogEntry, dispatch_uid="staff.audit")


# --- forgetting


def prune_some() -> int:
    """Deletes up to a thousand entries that are older than AUDIT_TRAIL_DAYS; how many."""
    if not settings.AUDIT_TRAIL_DAYS:
        return 0
    oldest = timezone.now() - timedelta(days=settings.AUDIT_TRAIL_DAYS)
    with writing():
        AdminLogEntry.objects.filter(action_time__lt=oldest).delete()
        old = LogEntry.objects.filter(timestamp__lt=oldest).order_by("pk").values_list("pk", flat=True)[:MOST]
        return int(LogEntry.objects.filter(pk__in=list(old)).delete()[0])


def prune() -> int:
    """Deletes all that is too old; how many entries."""
    gone = 0
    while some := prune_some():
        gone += some
    return gone


def forget(model: type[Model], pks: Iterable[Any]) -> int:
    """What was erased is not told by the trail either: entries about these rows keep who did what kind of thing, when
    and from where, and nothing of what the rows said. Call it after the rows were deleted; how many entries. That
    somebody erased them is an entry of its own: `note_erasure`.

    Entries about whatever belonged to the rows (`root_of`) are emptied, too.
    """
    label, keys = model._meta.label_lower, [str(pk) for pk in pks]
    kind = ContentType.objects.get_for_model(model)
    own = Q(content_type=kind, object_pk__in=keys) | Q(cid__in=[root_of(label, key) for key in keys])
    with writing():
        AdminLogEntry.objects.filter(content_type=kind, object_id__in=keys).delete()
        entries = list(LogEntry.objects.filter(own).only("pk", "additional_data"))
        for entry in entries:
            entry.additional_data = {"who": (entry.additional_data or {}).get("who", "")}
            entry.object_repr, entry.changes, entry.changes_text, entry.serialized_data = "erased", {}, "", None
        emptied = ["additional_data", "object_repr", "changes", "changes_text", "serialized_data"]
        LogEntry.objects.bulk_update(entries, emptied, batch_size=200)
    return len(entries)
