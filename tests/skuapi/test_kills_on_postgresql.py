"""Twenty kills under load as in test_kills, with the tables on PostgreSQL."""

import pytest

from bench.kills.__main__ import LEASE, QUOTA
from bench.kills.load import Killed, killed
from bench.kills.victim import victim
from tests.tenants.conftest import POSTGRES, postgres_server


@pytest.fixture(scope="module")
def twenty() -> Killed:
    postgres_server().close()
    with victim(POSTGRES, QUOTA, LEASE) as prey:
        return killed(prey, 20)


def test_most_kills_fall_between_reservation_and_answer(twenty: Killed) -> None:
    assert twenty.amid >= 4


@pytest.mark.parametrize("wrong", ["overruns", "disagreements", "leaked", "ungranted"])
def test_no_kill_leaves_the_tables_wrong(twenty: Killed, wrong: str) -> None:
    assert getattr(twenty, wrong) == 0


def test_whatever_arrived_was_billed_and_a_kill_bills_at_most_what_it_broke_off(twenty: Killed) -> None:
    assert 0 <= twenty.billed_and_not_delivered <= twenty.broken
