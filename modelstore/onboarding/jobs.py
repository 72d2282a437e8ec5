"""What a worker is called with: it goes on with one onboarding from wherever that stands."""

import logging
import os
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from database.queue import enqueue
from inference.errors import InferenceError
from modelstore.errors import Overtaken, PublishRefused, TrainingRefused
from modelstore.models import Onboarding
from modelstore.onboarding.claim import MOST_TRIES, Claim, ClaimLost
from modelstore.onboarding.intake import JOB

logger = logging.getLogger(__name__)
State = Onboarding.State
STANDING = timedelta(seconds=60)
_NICE = 5


def advance(key: int) -> None:
    """A job may run twice, side by side or again after it was killed: only what is not done yet is done."""
    claim = Claim.of(key)
    if claim is None:
        return
    _give_way()
    with claim.kept():
        go_on(claim)


def go_on(claim: Claim) -> None:
    """One step, or the reason why it cannot be taken, where staff see it."""
    try:
        if claim.row.tries > MOST_TRIES:
            raise TrainingRefused(
                f"The worker was stopped {MOST_TRIES} times while it was at this, perhaps for want of memory. "
                "Look at its log, then try again."
            )
        _step(claim)
    except Overtaken:
        _begin_anew(claim)
    except ClaimLost:
        logger.info("%s is in other hands", claim.row)
    except (TrainingRefused, PublishRefused, InferenceError, OSError) as error:
        _failed(claim, str(error))
    except Exception:
        logger.exception("%s failed", claim.row)
        _failed(claim, "Something unexpected went wrong. It is in the worker's log; tell the operator, then try again.")


def _step(claim: Claim) -> None:
    """torch and scikit-learn load where they are really needed: web processes import this module, too."""
    from modelstore.onboarding.adding import add
    from modelstore.onboarding.refitting import refit

    (refit if claim.row.recognised_at else add)(claim)


def _begin_anew(claim: Claim) -> None:
    """Upon the release that somebody has activated meanwhile."""
    logger.info("%s was overtaken by another release, and begins anew", claim.row)
    with suppress(ClaimLost), transaction.atomic():
        claim.left(State.WAITING, before=None, prototype=None)
        enqueue(JOB, claim.row.pk)


def _failed(claim: Claim, problem: str) -> None:
    """A refit that fails takes nothing away: the prototype goes on answering."""
    with suppress(ClaimLost):
        if claim.row.recognised_at:
            told = f"The refit failed: {problem} The prototype goes on answering."
            claim.left(State.DONE, problem=told, percent=100, ended_at=timezone.now())
        else:
            claim.left(State.FAILED, problem=problem)


def resume(row: Onboarding) -> None:
    """Enqueue it again if nobody has been at it for a while: a queue may lose a message, and a worker may die."""
    now = timezone.now()
    free = Q(held_until__isnull=True) | Q(held_until__lte=now)
    standing = Onboarding.objects.filter(free, pk=row.pk, state__in=Onboarding.UNFINISHED)
    if standing.filter(queued_at__lte=now - STANDING).update(queued_at=now):
        enqueue(JOB, row.pk)


def resume_all(**_: Any) -> None:
    """When a worker starts."""
    for row in Onboarding.objects.filter(state__in=Onboarding.UNFINISHED):
        resume(row)


def _give_way() -> None:
    """Whoever waits for a prediction on this machine comes first."""
    os.setpriority(os.PRIO_PROCESS, 0, max(_NICE, os.getpriority(os.PRIO_PROCESS, 0)))
