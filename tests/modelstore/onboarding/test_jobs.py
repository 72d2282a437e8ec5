"""Who goes on with it, how often, and what a person may decide."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from database.queue import enqueue
from inference.errors import ReleaseRefused
from modelstore.errors import OnboardingRefused
from modelstore.models import Onboarding, Release
from modelstore.onboarding import adding, jobs
from modelstore.onboarding.claim import MOST_TRIES, Claim, ClaimLost
from modelstore.onboarding.decisions import accept, refit_again, try_again, withdraw
from tests.modelstore.onboarding.conftest import RED, AddSku, answering, work, worked

State = Onboarding.State


def again(row: Onboarding) -> Onboarding:
    return Onboarding.objects.get(pk=row.pk)


def test_while_one_worker_is_at_it_no_other_takes_it(trained: Release, add_sku: AddSku) -> None:
    row = add_sku(trained)
    assert Claim.of(row.pk)
    assert Claim.of(row.pk) is None


def test_a_worker_that_was_given_up_for_dead_changes_nothing_any_more(trained: Release, add_sku: AddSku) -> None:
    row = add_sku(trained)
    dead = Claim.of(row.pk)
    assert dead
    Onboarding.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    assert Claim.of(row.pk)
    with pytest.raises(ClaimLost):
        dead.said(50, "still here")
    assert again(row).step == ""


def test_when_it_ends_another_may_take_it_at_once(trained: Release, add_sku: AddSku) -> None:
    """The refit is enqueued in the transaction that ends the first step."""
    row = work(add_sku(trained))
    assert (row.state, row.held_until) == (State.ANSWERING, None)


def test_a_worker_that_dies_again_and_again_is_told_in_the_end(trained: Release, add_sku: AddSku) -> None:
    row = add_sku(trained)
    for _ in range(MOST_TRIES):
        assert Claim.of(row.pk)
        Onboarding.objects.update(held_until=None)
    row = work(row)
    assert row.state == State.FAILED
    assert "stopped 3 times" in row.problem


def test_what_went_wrong_unexpectedly_is_in_the_log_and_staff_are_told_so(
    trained: Release, add_sku: AddSku, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(adding, "looks", lambda *_: 1 / 0)
    row = work(add_sku(trained))
    assert (row.state, "worker's log" in row.problem) == (State.FAILED, True)
    assert "division by zero" in caplog.text


def test_tried_again_it_goes_on_from_where_it_failed(
    trained: Release, add_sku: AddSku, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: object) -> None:
        raise ReleaseRefused("It does not load.")

    monkeypatch.setattr(adding, "prove", refused)
    row = worked(add_sku(trained))
    assert (row.state, str(row.prototype), answering(trained.line)) == (State.FAILED, "CLIFFS/CLIFF@2", trained)
    monkeypatch.undo()
    try_again(row)
    row = work(row)
    assert (row.state, str(row.prototype), row.problem) == (State.ANSWERING, "CLIFFS/CLIFF@2", "")


def test_a_refit_that_fails_takes_nothing_away_and_may_be_tried_again(
    trained: Release, add_sku: AddSku, monkeypatch: pytest.MonkeyPatch
) -> None:
    from modelstore.onboarding import refitting

    row = work(add_sku(trained))
    monkeypatch.setattr(refitting, "refit_on_all", lambda *_: 1 / 0)
    row = work(row)
    assert (row.state, row.prototype) == (State.DONE, answering(trained.line))
    assert "The refit failed" in row.problem
    monkeypatch.undo()
    refit_again(row)
    row = worked(row)
    assert (row.refit, row.problem) == (answering(trained.line), "")


def test_accepted_by_somebody_it_goes_on_and_the_trail_tells_who_accepted_what(
    trained: Release, add_sku: AddSku
) -> None:
    row = worked(add_sku(trained, "CLIFF_CHERRY_1L", RED))
    accept(row, "bob")
    row = work(row)
    assert (row.state, row.accepted_by) == (State.ANSWERING, "bob")
    assert row.prototype
    assert "bob accepted: It looks like CLIFF_RED_1L" in row.prototype.events.get(kind="published").reason


def test_withdrawn_it_changes_nothing(trained: Release, add_sku: AddSku) -> None:
    row = worked(add_sku(trained, "CLIFF_CHERRY_1L", RED))
    withdraw(row, "bob")
    assert work(row).state == State.WITHDRAWN
    assert trained.line.releases.count() == 1


def test_withdrawn_while_a_worker_is_at_it_it_is_not_added(
    trained: Release, add_sku: AddSku, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, extend = add_sku(trained), adding.extend

    def withdrawn_meanwhile(*given: object) -> object:
        withdraw(again(row), "bob")
        return extend(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(adding, "extend", withdrawn_meanwhile)
    assert work(row).state == State.WITHDRAWN
    assert trained.line.releases.count() == 1


@pytest.mark.parametrize("decision", [accept, withdraw])
def test_what_has_gone_on_meanwhile_is_not_decided_any_more(
    trained: Release, add_sku: AddSku, decision: object
) -> None:
    row = work(add_sku(trained))
    with pytest.raises(OnboardingRefused):
        decision(row, "bob")  # type: ignore[operator]


def test_a_job_is_enqueued_once_the_transaction_is_committed(
    trained: Release, add_sku: AddSku, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        row = add_sku(trained)
        assert OrmQ.objects.count() == 0
    task = OrmQ.objects.get().task
    assert (task["func"], task["args"], task["kwargs"]) == ("modelstore.onboarding.jobs.advance", (row.pk,), {})


def test_a_queue_that_cannot_be_reached_leaves_the_row_where_it_is(
    trained: Release, add_sku: AddSku, django_capture_on_commit_callbacks: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from database import queue

    monkeypatch.setattr(queue, "_put", lambda *_: 1 / 0)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        row = add_sku(trained)
    assert again(row).state == State.WAITING


def test_what_stands_still_is_enqueued_again_once_a_minute(
    trained: Release, add_sku: AddSku, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, sent = add_sku(trained), []
    monkeypatch.setattr(jobs, "enqueue", lambda *given: sent.append(given))
    jobs.resume(row)
    assert sent == []
    Onboarding.objects.update(queued_at=timezone.now() - timedelta(seconds=61))
    jobs.resume_all(sender="a worker that starts")
    jobs.resume(row)
    assert sent == [("modelstore.onboarding.jobs.advance", row.pk)]


def test_what_a_worker_is_at_is_not_enqueued_again(
    trained: Release, add_sku: AddSku, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, sent = add_sku(trained), []
    monkeypatch.setattr(jobs, "enqueue", lambda *given: sent.append(given))
    Onboarding.objects.update(queued_at=timezone.now() - timedelta(hours=1))
    assert Claim.of(row.pk)
    jobs.resume(row)
    assert sent == []


def test_only_whole_numbers_are_passed_to_a_job() -> None:
    """What is enqueued is pickled: nothing but a key may be in it."""
    assert enqueue.__annotations__ == {"job": str, "key": int, "return": None}
