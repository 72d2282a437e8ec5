"""A small run of `python -m bench.kills`: twenty kills under load, and clients that hang up and ask again."""

from collections.abc import Iterator

import pytest

from bench.kills.__main__ import LEASE, QUOTA
from bench.kills.load import Killed, killed
from bench.kills.retries import Retried, retried
from bench.kills.victim import SQLITE, Victim, victim


@pytest.fixture(scope="module")
def prey() -> Iterator[Victim]:
    with victim(SQLITE, QUOTA, LEASE) as prey:
        yield prey


@pytest.fixture(scope="module")
def twenty(prey: Victim) -> Killed:
    return killed(prey, 20)


@pytest.fixture(scope="module")
def faulted(prey: Victim, twenty: Killed) -> Retried:
    return retried(prey, 150)


def test_most_kills_fall_between_reservation_and_answer(twenty: Killed) -> None:
    assert twenty.amid >= 4


def test_no_kill_lets_a_quota_be_overrun(twenty: Killed) -> None:
    assert twenty.overruns == 0


def test_rows_and_counters_agree_after_every_kill(twenty: Killed) -> None:
    assert twenty.disagreements == 0


def test_nothing_is_held_once_the_leases_have_ended(twenty: Killed) -> None:
    assert twenty.leaked == 0


def test_after_the_kills_exactly_the_rest_of_the_quota_is_granted(twenty: Killed) -> None:
    assert twenty.ungranted == 0


def test_whatever_arrived_was_billed_and_a_kill_bills_at_most_what_it_broke_off(twenty: Killed) -> None:
    assert 0 <= twenty.billed_and_not_delivered <= twenty.broken


def test_a_key_that_is_sent_until_it_is_answered_is_billed_once(faulted: Retried) -> None:
    assert faulted.used == faulted.names


def test_each_kind_of_fault_was_met(faulted: Retried) -> None:
    assert {"sending", "waiting", "reading", "killed"} <= set(faulted.by_kind)


def test_a_key_has_one_answer_and_no_other_error_than_being_in_progress(faulted: Retried) -> None:
    assert (faulted.unlike, faulted.odd) == (0, 0)


def test_hung_up_requests_hold_nothing_once_the_leases_have_ended(faulted: Retried) -> None:
    assert (faulted.leaked, faulted.disagreements) == (0, 0)
