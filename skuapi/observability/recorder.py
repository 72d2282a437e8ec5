"""Writes down what was asked and answered, some requests at a time, so that no request waits for it.

The same thread deletes what has been kept for long enough: these rows, answers to requests with an Idempotency-Key,
jobs that failed, and sessions that have expired.
"""

import logging
import threading
import time
from datetime import timedelta
from queue import Full, Queue

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import IntegrityError, InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from database import queue
from database.writing import writing
from tenants import answers, last_use, rollups
from tenants.models import ApiKey, RequestRecord

logger = logging.getLogger(__name__)

MOST = 500
"""Rows in one transaction: others may want to write, too."""
WAITING = 20_000
EVERY_SECONDS = 1.0
PRUNE_SECONDS = 600.0


class Recorder:
    """Runs in processes that serve (see gunicorn_conf); elsewhere nothing is written down."""

    def __init__(self) -> None:
        self._waiting: Queue[RequestRecord] = Queue(WAITING)
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()
        self._pruned_at = float("-inf")

    def start(self) -> None:
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    def note(self, record: RequestRecord) -> None:
        """Costs nothing; one for which there is no room, in a database that has been away for long, is lost."""
        if self._thread is None or not (settings.REQUEST_LOG_DAYS or settings.USAGE_HISTORY_DAYS):
            return
        try:
            self._waiting.put_nowait(record)
        except Full:
            logger.error("%s is not written down: the database takes no rows", record)

    def stop(self) -> None:
        """What waits is written first."""
        if self._thread is not None:
            self._ended.set()
            self._thread.join(10)

    def _work(self) -> None:
        kept: list[RequestRecord] = []
        while not (self._ended.wait(EVERY_SECONDS) and not kept and self._is_idle()):
            kept += self._taken(MOST - len(kept))
            try:
                self._write(kept)
            except (OperationalError, InterfaceError):
                logger.exception("requests could not be written down; they are tried again")
                if self._ended.is_set():
                    return
            except Exception:
                logger.exception("%d requests could not be written down, and are lost", len(kept))
                kept = []
            else:
                kept = []
            finally:
                close_old_connections()

    def _is_idle(self) -> bool:
        return self._waiting.empty() and not last_use.is_waiting()

    def _taken(self, most: int) -> list[RequestRecord]:
        taken: list[RequestRecord] = []
        while len(taken) < most and not self._waiting.empty():
            taken.append(self._waiting.get())
        return taken

    def _write(self, records: list[RequestRecord]) -> None:
        """records: emptied once they are written, so that nothing that fails afterwards has them written again."""
        if records:
            write(records)
            records.clear()
        last_use.write()
        if time.monotonic() - self._pruned_at > PRUNE_SECONDS:
            self._pruned_at = time.monotonic()
            prune()
            answers.prune(timezone.now())
            queue.prune_failed()
            SessionStore.clear_expired()


def write(records: list[RequestRecord]) -> None:
    """Requests and their sums in one transaction; those of tenants that were erased meanwhile are dropped."""
    try:
        _write_together(records)
    except IntegrityError:  # one is erased at this very moment: now it is gone, and the others remain
        _write_together(records)


def _write_together(records: list[RequestRecord]) -> None:
    with writing():
        there = set(ApiKey.objects.filter(pk__in={record.key_id for record in records}).values_list("pk", flat=True))
        kept = [record for record in records if record.key_id in there]
        if settings.REQUEST_LOG_DAYS:
            RequestRecord.objects.bulk_create(kept)
        if settings.USAGE_HISTORY_DAYS:
            rollups.add(kept)


def prune() -> int:
    """Deletes what is older than REQUEST_LOG_DAYS, a part at a time, and sums beyond theirs; how many requests."""
    rollups.prune()
    oldest, gone = timezone.now() - timedelta(days=settings.REQUEST_LOG_DAYS), 0
    while pks := list(RequestRecord.objects.filter(at__lt=oldest).order_by().values_list("pk", flat=True)[:MOST]):
        with writing():
            gone += RequestRecord.objects.filter(pk__in=pks).delete()[0]
    return gone


recorder = Recorder()
