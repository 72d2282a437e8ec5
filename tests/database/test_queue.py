"""What the queue of the worker keeps."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import Task

from database.queue import FAILED_KEPT, prune_failed
from skuapi.observability.recorder import Recorder

DAY = timedelta(days=1)


@pytest.fixture
def jobs(db: None) -> None:
    for name, age, success in (("old", FAILED_KEPT + DAY, False), ("new", FAILED_KEPT - DAY, False)):
        at = timezone.now() - age
        Task.objects.create(id=name, name=name, func="f", started=at, stopped=at, success=success, result="why")


def left() -> list[str]:
    return list(Task.objects.values_list("name", flat=True))


def test_jobs_that_failed_long_ago_are_deleted_and_others_kept(jobs: None) -> None:
    assert prune_failed() == 1
    assert left() == ["new"]


def test_the_thread_that_forgets_requests_forgets_them_too(jobs: None) -> None:
    Recorder()._write([])
    assert left() == ["new"]
