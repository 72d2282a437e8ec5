"""One answer and one unit for each Idempotency-Key, with real processes on both databases."""

import pytest

from tests.live_server import Site
from tests.tenants.test_quota_races import hammer, new_key, result, usage

NAMES = 30


@pytest.fixture(scope="module")
def repeated(installation: Site) -> dict[str, int]:
    """Three processes of four threads send the same thirty requests; some attempts fail, some outlive their lease."""
    key = new_key(installation, 1000)
    started = [hammer(installation, key, "repeat", "4", str(NAMES), "0.2") for _ in range(3)]
    return {"answered": sum(result(process)["answered"] for process in started), **usage(installation, key)}


def test_of_all_who_send_a_request_at_once_one_computes_its_answer(repeated: dict[str, int]) -> None:
    assert repeated["answered"] == NAMES


def test_each_is_billed_once_even_where_a_late_process_was_taken_over(repeated: dict[str, int]) -> None:
    assert repeated["used"] == NAMES


def test_afterwards_rows_and_counters_agree(repeated: dict[str, int]) -> None:
    assert (repeated["rows"], repeated["in_flight"], repeated["by_key"]) == (0, 0, NAMES)
