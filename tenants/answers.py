"""Answers kept for 24 hours, for requests that are sent again with the same Idempotency-Key.

One INSERT decides who computes; the row that it made is kept or dropped by its attempt alone. An answer is kept in the
transaction that bills it (`Ticket.settle`), so a killed process leaves both or neither. A lease that ends too early, as
after a step of the clock, costs a second computation and never a second unit: whoever was taken over cannot settle.
"""

import logging
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple

from django.conf import settings
from django.db import IntegrityError, connection
from django.db.models import Count, F, Max, QuerySet, Sum, Window

from database.writing import writing
from tenants.errors import AnswerExpired, AnswerInProgress, IdempotencyMismatch, KeyUnknown
from tenants.models import ApiKey, StoredAnswer

KEPT_FOR = timedelta(hours=24)
MOST = 500
"""Rows deleted in one transaction: others may want to write, too."""
TRIES = 5
BILLED = (200, 299)
LEVEL = 1
"""Of zlib: most of an answer is a picture in base64, which higher levels make no smaller."""
LOOKED_AT_EVERY = 64
"""A tenant's room is looked at when this part of it has been written."""
ROW_BYTES = 500
"""What an answer takes besides its body: its headers, its name, its place in three indexes."""
MOST_NAMES = 1_000_000
"""Of a tenant, in 24 hours: what is billed is remembered for longer than its answer is kept, and not without end."""
_INSERT = """
    INSERT INTO tenants_storedanswer
        (tenant_id, counted_as, name, fingerprint, attempt, created_at, leased_until, size)
    VALUES (%s, %s, %s, %s, 1, %s, %s, 0)
    ON CONFLICT (counted_as, name) DO NOTHING RETURNING id
"""
logger = logging.getLogger(__name__)
_written: dict[int, int] = {}
_lock = Lock()


class Claim(NamedTuple):
    """The right to compute an answer: the primary key of its row, and the attempt."""

    row: int
    attempt: int


@dataclass(frozen=True)
class Answer:
    """body: as it is sent; about: what the record of a request says beside its status."""

    status: int
    headers: dict[str, str]
    about: dict[str, Any]
    body: bytes


def claim(key: ApiKey, name: str, fingerprint: str, now: datetime) -> Claim | Answer:
    """The right to answer, or what was answered. Raises IdempotencyMismatch, AnswerInProgress or AnswerExpired; and
    KeyUnknown when the tenant was erased at this moment."""
    for _ in range(TRIES):
        row = _inserted(key, name, fingerprint, now)
        if row is not None:
            return Claim(row, 1)
        stored = StoredAnswer.objects.filter(counted_as=key.counted_as, name=name).first()
        found = stored and _found(stored, fingerprint, now)
        if found:
            return found
    raise AnswerInProgress


def _lease() -> timedelta:
    return timedelta(seconds=settings.RESERVATION_LEASE)


def _inserted(key: ApiKey, name: str, fingerprint: str, now: datetime) -> int | None:
    times = [connection.ops.adapt_datetimefield_value(moment) for moment in (now, now + _lease())]
    try:
        with writing(), connection.cursor() as cursor:
            cursor.execute(_INSERT, [key.tenant_id, key.counted_as, name, fingerprint, *times])
            rows = cursor.fetchall()
    except IntegrityError:  # the tenant is erased at this moment: that it must be there is looked at with the COMMIT
        raise KeyUnknown from None
    return rows[0][0] if rows else None


def _found(stored: StoredAnswer, fingerprint: str, now: datetime) -> Claim | Answer | None:
    """None: the name has just become free."""
    mine = StoredAnswer.objects.filter(pk=stored.pk, attempt=stored.attempt)
    if stored.created_at <= now - KEPT_FOR:
        with writing():
            mine.delete()
        return None
    if stored.fingerprint != fingerprint:
        raise IdempotencyMismatch
    if stored.status is None:
        return _taken_over(stored, now)
    if stored.body is None:
        raise AnswerExpired
    return Answer(stored.status, stored.headers or {}, stored.about or {}, zlib.decompress(stored.body))


def _taken_over(stored: StoredAnswer, now: datetime) -> Claim | None:
    # One that ends later than any lease can was written before the clock was set back; clocks of hosts differ a little.
    if now < stored.leased_until <= now + 2 * _lease():
        raise AnswerInProgress
    running = StoredAnswer.objects.filter(pk=stored.pk, attempt=stored.attempt, status=None)
    with writing():
        taken = running.update(attempt=F("attempt") + 1, created_at=now, leased_until=now + _lease())
    return Claim(stored.pk, stored.attempt + 1) if taken else None


def _running(claim: Claim) -> Any:
    return StoredAnswer.objects.filter(pk=claim.row, attempt=claim.attempt, status=None)


def keep(claim: Claim, answer: Answer) -> int:
    """The bytes that it takes. Raises AnswerInProgress, and changes nothing, where somebody has taken over."""
    body = zlib.compress(answer.body, LEVEL)
    with writing():
        kept = _running(claim).update(
            status=answer.status, headers=answer.headers, about=answer.about, size=len(body), body=body
        )
    if not kept:
        raise AnswerInProgress
    return len(body) + ROW_BYTES


def drop(claim: Claim) -> None:
    """Nothing was answered that is to be kept: the name is free again. Changes nothing once it was answered."""
    with writing():
        _running(claim).delete()


def make_room(tenant_id: int, written: int) -> None:
    """After so many bytes were kept: drops the oldest answers beyond STORED_ANSWER_BYTES. Raises nothing."""
    with _lock:
        _written[tenant_id] = _written.get(tenant_id, 0) + written
        if _written[tenant_id] * LOOKED_AT_EVERY < settings.STORED_ANSWER_BYTES:
            return
        _written[tenant_id] = 0
    try:
        evict(tenant_id)
    except Exception:
        logger.exception("answers of tenant %d that are too many could not be dropped", tenant_id)


def evict(tenant_id: int) -> int:
    """Drops what is beyond the tenant's room, the oldest first; how many answers.

    What was billed stays as a name for its 24 hours, so that it is not billed again; a refusal goes with its row."""
    kept = StoredAnswer.objects.filter(tenant_id=tenant_id, size__gt=0).order_by()
    newest_first = kept.annotate(together=Window(Sum(F("size") + ROW_BYTES), order_by=F("pk").desc()))
    beyond = newest_first.filter(together__gt=settings.STORED_ANSWER_BYTES).aggregate(newest=Max("pk"))["newest"]
    if beyond is None:
        return 0
    with writing():
        refusals = kept.filter(pk__lte=beyond).exclude(status__range=BILLED).delete()[0]
        return refusals + kept.filter(pk__lte=beyond).update(body=None, size=0)


def forget_names(tenant_id: int) -> int:
    """Deletes what is beyond MOST_NAMES, the oldest first; how many."""
    mine = StoredAnswer.objects.filter(tenant_id=tenant_id)
    newest = next(iter(mine.order_by("-pk").values_list("pk", flat=True)[MOST_NAMES : MOST_NAMES + 1]), None)
    return 0 if newest is None else _deleted(mine.filter(pk__lte=newest, status__isnull=False))


def _deleted(rows: "QuerySet[StoredAnswer]") -> int:
    """In pieces; how many."""
    gone = 0
    while pks := list(rows.order_by().values_list("pk", flat=True)[:MOST]):
        with writing():
            gone += StoredAnswer.objects.filter(pk__in=pks).delete()[0]
    return gone


def prune(now: datetime) -> int:
    """Deletes what is older than 24 hours and what is beyond MOST_NAMES, a part at a time, and drops what is beyond any
    tenant's room; how many rows were deleted for their age or number."""
    gone = _deleted(StoredAnswer.objects.filter(created_at__lte=now - KEPT_FOR))
    for tenant_id, names in StoredAnswer.objects.order_by().values_list("tenant").annotate(Count("pk")):
        evict(tenant_id)
        gone += forget_names(tenant_id) if names > MOST_NAMES else 0
    return gone
