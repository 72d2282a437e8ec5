"""A worker's hold on an onboarding: one at a time, and nothing is changed by one that was given up for dead."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from modelstore.models import Onboarding

logger = logging.getLogger(__name__)
HOLD = timedelta(seconds=30)
RENEWED_EVERY = 8.0
MOST_TRIES = 3


class ClaimLost(Exception):
    """Somebody else goes on with it, or a person decided otherwise."""


class Claim:
    """row: as it was when it was taken, and as this worker has changed it since."""

    def __init__(self, row: Onboarding) -> None:
        self.row = row

    @classmethod
    def of(cls, key: int) -> "Claim | None":
        """None when there is nothing to do, or somebody is at it."""
        now = timezone.now()
        free = Q(held_until__isnull=True) | Q(held_until__lte=now)
        waiting = Onboarding.objects.filter(free, pk=key, state__in=Onboarding.UNFINISHED)
        if not waiting.update(run=F("run") + 1, tries=F("tries") + 1, held_until=now + HOLD):
            return None
        row = Onboarding.objects.select_related("line", "before__line", "prototype__line", "refit__line").get(pk=key)
        return cls(row)

    def save(self, **changes: Any) -> None:
        """One conditional UPDATE. Raises ClaimLost."""
        held = Onboarding.objects.filter(pk=self.row.pk, run=self.row.run, state__in=Onboarding.UNFINISHED)
        if not held.update(**changes):
            raise ClaimLost
        for name, value in changes.items():
            setattr(self.row, name, value)

    def said(self, percent: int, step: str) -> None:
        self.save(percent=percent, step=step)

    def moved(self, state: Onboarding.State, **changes: Any) -> None:
        """To the next state; whoever takes it up there may fail as often again."""
        self.save(state=state, tries=0, **changes)

    def left(self, state: Onboarding.State, **changes: Any) -> None:
        """To a state in which somebody else goes on, or nobody: the hold ends in the same instant."""
        self.moved(state, held_until=None, step="", **changes)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Renewed until the end, by a thread: fitting may take minutes."""
        over = threading.Event()
        keeper = threading.Thread(target=self._renew, args=(over,), name="claim", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            over.set()
            keeper.join()

    def _renew(self, over: threading.Event) -> None:
        held = Onboarding.objects.filter(pk=self.row.pk, run=self.row.run, held_until__isnull=False)
        try:
            while not over.wait(RENEWED_EVERY):
                held.update(held_until=timezone.now() + HOLD)
        except Exception:  # noqa: BLE001 - a busy database must not end the job; the hold merely runs out
            logger.exception("the hold on %s could not be renewed", self.row)
        finally:
            connection.close()
