"""What a person decides about an onboarding: to go on all the same, to withdraw it, to try again."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from database.queue import enqueue
from modelstore.errors import OnboardingRefused
from modelstore.models import Onboarding
from modelstore.onboarding.intake import JOB
from staff.audit import note

State = Onboarding.State


def accept(row: Onboarding, who: str) -> None:
    """Go on in spite of the warnings. Raises OnboardingRefused when it is not waiting for that."""
    _queued(row, State.HELD, State.WAITING, accepted_by=who)


def try_again(row: Onboarding) -> None:
    """From where it failed. Raises OnboardingRefused when it has not."""
    _queued(row, State.FAILED, State.PROTOTYPE if row.prototype_id else State.WAITING, problem="")


def refit_again(row: Onboarding) -> None:
    """Where the refit failed. Raises OnboardingRefused where it has not."""
    if not row.problem:
        raise OnboardingRefused(f"The refit of {row} has not failed. Look again.")
    _queued(row, State.DONE, State.REFITTING if row.refit_id else State.ANSWERING, ended_at=None, problem="")


@transaction.atomic
def _queued(row: Onboarding, seen: State, state: State, **changes: Any) -> None:
    _changed(row, (seen,), state=state, tries=0, queued_at=timezone.now(), **changes)
    enqueue(JOB, row.pk)


@transaction.atomic
def withdraw(row: Onboarding, who: str) -> None:
    """Give it up, as long as no release of it answers. Raises OnboardingRefused afterwards."""
    if row.recognised_at:
        raise OnboardingRefused(f"{row} is recognised already. Roll the line back to withdraw it.")
    notes = [*row.notes, f"Withdrawn by {who}."]
    given_up = {"state": State.WITHDRAWN, "ended_at": timezone.now(), "step": "", "notes": notes}
    _changed(row, (State.WAITING, State.HELD, State.FAILED), **given_up)


def _changed(row: Onboarding, seen: tuple[State, ...], **changes: Any) -> None:
    """By one conditional UPDATE: two people may press two buttons."""
    before = row.state
    if not Onboarding.objects.filter(pk=row.pk, state__in=seen).update(**changes):
        raise OnboardingRefused(f"{row} has gone on meanwhile. Look again.")
    row.refresh_from_db()
    note(row, state=(before, row.state))
