"""Work that a worker process does: the one place where jobs are enqueued.

The queue is only a trigger. What a job is about is a row of the database, which also knows how far it has come, so a
job may run twice, and one that is lost is enqueued again by whoever looks at its row. Only whole numbers are passed:
the queue keeps its messages pickled, and only a worker reads them, which believes what this service has signed.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

FAILED_KEPT = timedelta(days=30)
"""For whoever asks why a job has failed."""


def enqueue(job: str, key: int) -> None:
    """Let a worker call `job`, a function by its dotted name, with `key`, as soon as the transaction is committed.

    A queue that cannot be reached is told in the log: the row is there, and says that nobody has taken it up."""

    def put() -> None:
        _put(job, key)

    transaction.on_commit(put, robust=True)


def prune_failed() -> int:
    """Deletes jobs that failed longer ago than FAILED_KEPT; how many. By a plain DELETE: reading one unpickles it."""
    from django_q.models import Task  # reads the settings when it is imported

    old = Task.objects.filter(success=False, stopped__lt=timezone.now() - FAILED_KEPT).order_by()
    return int(old._raw_delete(old.db))


def _put(job: str, key: int) -> None:
    from django_q.tasks import async_task  # reads the settings when it is imported

    async_task(job, key)
