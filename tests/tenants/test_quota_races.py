"""The promise the bills hang on, with real processes on both databases."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from typing import Any

import pytest

from tests.live_server import ROOT, Site


def new_key(site: Site, quota: int, *options: str) -> str:
    slug = site.manage_json("create_tenant", f"Race {uuid.uuid4().hex[:6]}", "--quota", str(quota))["slug"]
    text: str = site.manage_json("issue_key", slug, *options)["key"]
    return text


def hammer(site: Site, *arguments: str) -> "subprocess.Popen[str]":
    environment = {**site.environment, "DJANGO_SETTINGS_MODULE": "skuapi.settings"}
    command = [sys.executable, "-m", "tests.tenants.hammer", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def result(process: "subprocess.Popen[str]") -> Any:
    try:
        output, _ = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 0
    return json.loads(output.splitlines()[-1])


def fired(site: Site, key: str, *, processes: int, threads: int, attempts: int, failing: float = 0) -> int:
    numbers = (str(threads), str(attempts), str(failing))
    started = [hammer(site, key, "fire", *numbers) for _ in range(processes)]
    return sum(result(process).get("granted", 0) for process in started)


def usage(site: Site, key: str) -> dict[str, int]:
    answer: dict[str, int] = result(hammer(site, key, "usage"))
    return answer


def test_a_thousand_requests_of_many_threads_are_granted_exactly_the_quota(installation: Site) -> None:
    key = new_key(installation, 100)
    assert fired(installation, key, processes=1, threads=20, attempts=50) == 100


@pytest.fixture(scope="module")
def raced(installation: Site) -> dict[str, int]:
    """Four processes of five threads at a quota of 100; three in ten granted requests fail and are repeated."""
    key = new_key(installation, 100)
    granted = fired(installation, key, processes=4, threads=5, attempts=50, failing=0.3)
    return {"granted": granted, **usage(installation, key)}


def test_a_thousand_requests_of_several_processes_are_granted_exactly_the_quota(raced: dict[str, int]) -> None:
    assert raced["granted"] == 100


def test_after_a_race_the_bill_is_what_was_granted(raced: dict[str, int]) -> None:
    assert (raced["used"], raced["remaining"]) == (100, 0)


def test_after_a_race_rows_and_counters_agree(raced: dict[str, int]) -> None:
    assert (raced["rows"], raced["in_flight"]) == (0, 0)


def test_after_a_race_what_keys_have_taken_is_what_their_tenant_has(raced: dict[str, int]) -> None:
    assert raced["by_key"] == 100


def test_requests_of_several_processes_are_granted_exactly_the_cap_of_their_key(installation: Site) -> None:
    key = new_key(installation, 1000, "--monthly-cap", "40")
    assert fired(installation, key, processes=3, threads=5, attempts=20, failing=0.3) == 40


def test_of_two_racing_for_the_last_unit_exactly_one_gets_it(installation: Site) -> None:
    key = new_key(installation, 1)
    assert result(hammer(installation, key, "duels", "40")) == {"exact": 40}


@pytest.fixture
def killed(installation: Site) -> tuple[Site, str, float]:
    """A process that reserved one of two units, killed before it could answer; its lease is two seconds."""
    key = new_key(installation, 2)
    process = hammer(installation, key, "hold", "2")
    assert process.stdout is not None
    held_at = json.loads(process.stdout.readline())["held_at"]
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    return installation, key, held_at + 2


def test_a_unit_held_by_a_killed_process_comes_back_after_its_lease(killed: tuple[Site, str, float]) -> None:
    site, key, ends_at = killed
    time.sleep(max(0, ends_at - time.time()) + 0.1)
    assert usage(site, key) == {"used": 0, "remaining": 2, "rows": 0, "in_flight": 0, "by_key": 0}


def test_units_of_killed_processes_can_be_used_again_without_anyone_reading_usage(
    killed: tuple[Site, str, float],
) -> None:
    site, key, ends_at = killed
    time.sleep(max(0, ends_at - time.time()) + 0.1)
    assert fired(site, key, processes=1, threads=2, attempts=3) == 2
