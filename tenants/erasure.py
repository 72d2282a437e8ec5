"""Erasing a tenant: every row that hangs on it, in every table, for good.

What is to be deleted is read from the relations of the models, so a model that is added later is erased like the
others. Its keys are refused from the first step on; whatever interrupts a later one, erasing again goes on with it.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import IntegrityError, OperationalError
from django.db.models import ForeignObjectRel, Model, QuerySet

from database.writing import writing
from staff.audit import forget, note, note_erasure
from tenants.authentication import SESSION_KEY
from tenants.models import ApiKey, Reservation, Tenant, UsageMonth

PIECE = 2000
"""Rows deleted in one transaction: others want to write, too."""
PATIENCE = 1200
"""Tries of the last step, PAUSE seconds apart: a request in flight takes a minute at most."""
PAUSE = 0.05
# What requests in flight write. It goes last, in one transaction with the tenant, so that it always agrees.
LEDGER = (Reservation, UsageMonth, ApiKey, Tenant)
logger = logging.getLogger(__name__)


def plan() -> dict[type[Model], list[str]]:
    """Every model with rows of a tenant, those that refer to others before these, and the look-ups that find them."""
    found: dict[type[Model], list[str]] = {}

    def visit(model: type[Model], path: str) -> None:
        for name, child in _referring(model):
            if child is not model:
                visit(child, f"{name}__{path}")
        found.setdefault(model, []).append(path)

    visit(Tenant, "pk")
    return found


def _referring(model: type[Model]) -> Iterator[tuple[str, type[Model]]]:
    """The tables of many-to-many relations among them."""
    for field in model._meta.get_fields(include_hidden=True):
        if isinstance(field, ForeignObjectRel) and not field.many_to_many:
            related = field.related_model
            assert isinstance(related, type)
            yield field.field.name, related


def erase(tenant: Tenant) -> dict[str, int]:
    """Rows deleted, by model. Requests in flight are answered 401, and write nothing more."""
    pk, gone = tenant.pk, Counter[str]()
    _shut(tenant)
    _log_out(set(ApiKey.objects.filter(tenant=pk).values_list("pk", flat=True)))
    for model, paths in plan().items():
        for path in paths if model not in LEDGER else ():
            gone[model._meta.label] += _in_pieces(model._base_manager.filter(**{path: pk}))
    for left in reversed(range(PATIENCE)):
        try:
            gone += _last(pk)
            break
        except (OperationalError, IntegrityError):  # somebody is writing to these very rows
            if not left:
                raise
            time.sleep(PAUSE)
    logger.info("tenant %d was erased: %d rows", pk, gone.total())
    return {label: count for label, count in gone.items() if count}


def _shut(tenant: Tenant) -> None:
    """Whoever finds a tenant whose erasure was interrupted can see who has begun it."""
    with writing():
        if Tenant.objects.filter(pk=tenant.pk, is_active=True).update(is_active=False):
            note(tenant, "Erasing has begun.", is_active=(True, False))


def _in_pieces(rows: "QuerySet[Any, Any]") -> int:
    gone = 0
    while pks := list(rows.order_by().values_list("pk", flat=True).distinct()[:PIECE]):
        with writing():
            gone += _deleted(rows.model, pks)
    return gone


def _last(pk: int) -> Counter[str]:
    """Ledger, keys and tenant, with what came in meanwhile.

    Raises OperationalError when a row is in use: nobody is waited for while locks are held, since others take them in
    another order. Each table after those it refers to: once a month is held, nobody adds a reservation to it."""
    gone = Counter[str]()
    with writing():
        for model, paths in reversed(list(plan().items())):
            for path in paths:
                rows = model._base_manager.filter(**{path: pk}).order_by()
                list(rows.select_for_update(nowait=True, of=("self",)).values_list("pk", flat=True))
        for model, paths in plan().items():
            for path in paths:
                pks = list(model._base_manager.filter(**{path: pk}).order_by().values_list("pk", flat=True))
                gone[model._meta.label] += _deleted(model, pks)
        note_erasure(Tenant, pk)
    return gone


def _deleted(model: type[Model], pks: list[Any]) -> int:
    """By plain DELETEs: whatever listens to deletions would write down what was deleted."""
    gone = 0
    for start in range(0, len(pks), PIECE):
        piece = pks[start : start + PIECE]
        rows: Any = model._base_manager.filter(pk__in=piece)
        gone += rows._raw_delete(rows.db)
        if not model._meta.auto_created:  # the table of a many-to-many relation has no history
            forget(model, piece)
    return gone


def _log_out(keys: set[int]) -> None:
    """Sessions that were logged in with these keys. One of staff stays, without the key."""
    for row in Session.objects.iterator():
        session = row.get_decoded()
        if session.get(SESSION_KEY) not in keys:
            continue
        del session[SESSION_KEY]
        if "_auth_user_id" in session:
            row.session_data = SessionStore().encode(session)
            row.save(update_fields=["session_data"])
        else:
            row.delete()
