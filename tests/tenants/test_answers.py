"""Answers kept for an Idempotency-Key: who may compute, what is found again, and for how long."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from tenants import answers, keys, ledger, quota
from tenants.answers import Claim, claim, drop, keep, prune
from tenants.errors import AnswerInProgress, IdempotencyMismatch
from tenants.models import ApiKey, StoredAnswer, Tenant
from tenants.rotation import rotate
from tests.tenants.named_requests import DAY, HOUR, LEASE, NOW, answer, answered, begun


def used(key: ApiKey) -> int:
    return quota.usage_of(key.tenant).used


def test_the_first_to_ask_may_compute(key: ApiKey) -> None:
    assert isinstance(claim(key, "n", "asked", NOW), Claim)


def test_a_repeated_request_gets_the_whole_answer(key: ApiKey) -> None:
    answered(key)
    assert claim(key, "n", "asked", NOW) == answer()


def test_another_request_of_the_same_name_is_told_so(key: ApiKey) -> None:
    answered(key)
    with pytest.raises(IdempotencyMismatch):
        claim(key, "n", "something else", NOW)


def test_another_request_of_the_same_name_is_told_so_while_the_first_runs(key: ApiKey) -> None:
    begun(key)
    with pytest.raises(IdempotencyMismatch):
        claim(key, "n", "something else", NOW)


def test_one_that_still_runs_is_in_progress(key: ApiKey) -> None:
    begun(key)
    with pytest.raises(AnswerInProgress):
        claim(key, "n", "asked", NOW + LEASE - timedelta(seconds=1))


def test_names_differ_by_case(key: ApiKey) -> None:
    answered(key, "n")
    assert isinstance(claim(key, "N", "asked", NOW), Claim)


def test_what_was_dropped_may_be_computed_again(key: ApiKey) -> None:
    drop(begun(key))
    assert isinstance(claim(key, "n", "asked", NOW), Claim)


def test_what_was_answered_cannot_be_dropped(key: ApiKey) -> None:
    mine = begun(key)
    keep(mine, answer())
    drop(mine)
    assert claim(key, "n", "asked", NOW) == answer()


def test_after_the_lease_of_one_that_died_a_retry_takes_over(key: ApiKey) -> None:
    begun(key)
    assert isinstance(claim(key, "n", "asked", NOW + LEASE), Claim)


def test_of_two_that_take_over_only_one_does(key: ApiKey) -> None:
    begun(key)
    claim(key, "n", "asked", NOW + LEASE)
    with pytest.raises(AnswerInProgress):
        claim(key, "n", "asked", NOW + LEASE)


def test_whoever_was_taken_over_can_keep_nothing(key: ApiKey) -> None:
    late = begun(key)
    claim(key, "n", "asked", NOW + LEASE)
    with pytest.raises(AnswerInProgress):
        keep(late, answer())


def test_whoever_was_taken_over_cannot_free_the_name(key: ApiKey) -> None:
    late = begun(key)
    claim(key, "n", "asked", NOW + LEASE)
    drop(late)
    with pytest.raises(AnswerInProgress):
        claim(key, "n", "asked", NOW + LEASE)


def test_whoever_was_taken_over_is_not_billed(key: ApiKey) -> None:
    late = begun(key)
    ticket = quota.reserve(key)
    claim(key, "n", "asked", NOW + LEASE)
    with pytest.raises(AnswerInProgress):
        ticket.settle(lambda: keep(late, answer()))
    ticket.release()
    assert used(key) == 0


def test_a_unit_whose_answer_cannot_be_kept_can_still_be_given_back(key: ApiKey) -> None:
    late = begun(key)
    ticket = quota.reserve(key)
    drop(late)
    with pytest.raises(AnswerInProgress):
        ticket.settle(lambda: keep(late, answer()))
    assert ticket.release().in_flight == 0


def test_one_that_is_late_and_was_not_taken_over_is_kept_and_billed(key: ApiKey) -> None:
    late = begun(key, now=NOW - 10 * LEASE)
    quota.reserve(key).settle(lambda: keep(late, answer()))
    assert used(key) == 1
    assert claim(key, "n", "asked", NOW) == answer()


# --- 24 hours


def test_an_answer_is_found_for_24_hours(key: ApiKey) -> None:
    answered(key)
    assert claim(key, "n", "asked", NOW + DAY - timedelta(seconds=1)) == answer()


def test_after_24_hours_the_name_is_free_for_any_request(key: ApiKey) -> None:
    answered(key)
    assert isinstance(claim(key, "n", "something else", NOW + DAY), Claim)


def test_pruning_deletes_what_is_older_than_24_hours(key: ApiKey) -> None:
    for number, age in enumerate((DAY, DAY + HOUR, DAY - HOUR)):
        answered(key, str(number), NOW - age)
    assert prune(NOW) == 2
    assert [row.name for row in StoredAnswer.objects.all()] == ["2"]


def test_pruning_goes_on_until_nothing_old_is_left(key: ApiKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST", 2)
    for number in range(5):
        answered(key, str(number), NOW - DAY)
    assert prune(NOW) == 5


# --- a clock that is set


@pytest.mark.parametrize("step", [HOUR, -HOUR])
def test_an_answer_is_found_when_the_clock_has_been_set(key: ApiKey, step: timedelta) -> None:
    answered(key)
    assert claim(key, "n", "asked", NOW + step) == answer()


@pytest.mark.parametrize("step", [HOUR, -HOUR])
def test_one_that_runs_while_the_clock_is_set_and_one_that_takes_over_are_billed_once(
    key: ApiKey, step: timedelta
) -> None:
    first, first_unit = begun(key), quota.reserve(key)
    second, second_unit = begun(key, now=NOW + step), quota.reserve(key)
    second_unit.settle(lambda: keep(second, answer()))
    with pytest.raises(AnswerInProgress):
        first_unit.settle(lambda: keep(first, answer(b"late")))
    first_unit.release()
    assert used(key) == 1
    assert claim(key, "n", "asked", NOW + step) == answer()


def test_a_clock_set_back_leaves_nobody_in_progress_for_longer_than_two_leases(key: ApiKey) -> None:
    begun(key, now=NOW + HOUR)  # and then it was set back
    assert isinstance(claim(key, "n", "asked", NOW), Claim)


def test_hosts_whose_clocks_differ_a_little_do_not_take_over_from_each_other(key: ApiKey) -> None:
    begun(key, now=NOW + timedelta(seconds=5))
    with pytest.raises(AnswerInProgress):
        claim(key, "n", "asked", NOW)


# --- whose a name is


def test_a_key_that_replaces_another_finds_its_answers(key: ApiKey) -> None:
    answered(key)
    assert claim(rotate(key)[0], "n", "asked", NOW) == answer()


def test_a_key_that_was_replaced_finds_the_answers_of_the_new_one(key: ApiKey) -> None:
    answered(rotate(key)[0])
    assert claim(key, "n", "asked", NOW) == answer()


def test_another_key_of_the_tenant_has_names_of_its_own(key: ApiKey) -> None:
    answered(key)
    assert isinstance(claim(keys.issue(key.tenant)[0], "n", "asked", NOW), Claim)


def test_another_tenant_has_names_of_its_own(key: ApiKey) -> None:
    answered(key)
    assert isinstance(claim(keys.issue(Tenant.objects.create(name="Beta"))[0], "n", "asked", NOW), Claim)


# --- test keys


@pytest.fixture
def trial(tenant: Tenant) -> ApiKey:
    return keys.issue(tenant, is_test=True)[0]


def test_a_test_keys_answer_takes_one_of_its_day(trial: ApiKey) -> None:
    mine = begun(trial)
    quota.reserve(trial).settle(lambda: keep(mine, answer()))
    trial.refresh_from_db()
    assert trial.test_used == 1


def test_a_test_key_that_was_taken_over_gets_its_number_back(trial: ApiKey) -> None:
    late = begun(trial)
    ticket = quota.reserve(trial)
    claim(trial, "n", "asked", NOW + LEASE)
    with pytest.raises(AnswerInProgress):
        ticket.settle(lambda: keep(late, answer()))
    ticket.release()
    trial.refresh_from_db()
    assert trial.test_used == 0


# --- one transaction


def test_an_answer_whose_unit_cannot_be_counted_is_not_kept(key: ApiKey, monkeypatch: pytest.MonkeyPatch) -> None:
    def finish(*arguments: object) -> None:
        raise OperationalError("the connection is lost")

    mine, ticket = begun(key), quota.reserve(key)
    monkeypatch.setattr(ledger, "finish", finish)
    with pytest.raises(OperationalError):
        ticket.settle(lambda: keep(mine, answer()))
    with pytest.raises(AnswerInProgress):
        claim(key, "n", "asked", NOW)
