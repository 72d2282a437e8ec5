"""`manage.py check` knows setups in which processes would not agree, or times do not fit, and says what to set."""

from typing import Any

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

RAY = {"INFERENCE_BACKEND": "ray", "DATABASE_URL": "postgresql://db/name"}


def told(settings: Settings, **changes: Any) -> dict[str, str]:
    """Hints by the ids of messages."""
    usual = {"WEB_PROCESSES": 1, "REDIS_URL": "", "INFERENCE_BACKEND": "local", "DATABASE_URL": "sqlite:///db"}
    for name, value in {**usual, **changes}.items():
        setattr(settings, name, value)
    ours = (message for message in run_checks() if (message.id or "").startswith("skuapi."))
    return {message.id or "": message.hint or "" for message in ours}


def test_one_process_needs_nothing(settings: Settings) -> None:
    assert told(settings) == {}


def test_several_processes_without_redis_are_an_error_that_names_the_setting(settings: Settings) -> None:
    found = told(settings, WEB_PROCESSES=2, **RAY)
    assert "REDIS_URL=redis://" in found["skuapi.E003"]


def test_several_hosts_without_redis_are_a_warning(settings: Settings) -> None:
    assert told(settings, **RAY).keys() == {"skuapi.W003"}


@pytest.mark.parametrize("processes", [1, 4])
def test_with_redis_several_processes_and_hosts_are_in_order(settings: Settings, processes: int) -> None:
    assert told(settings, WEB_PROCESSES=processes, REDIS_URL="redis://cache:6379/0", **RAY) == {}


def test_several_processes_never_share_a_device(settings: Settings) -> None:
    found = told(settings, WEB_PROCESSES=2, REDIS_URL="redis://cache:6379/0")
    assert "WEB_PROCESSES=1" in found["skuapi.E002"]


def test_as_many_places_as_threads_are_a_warning_that_says_how_many_it_takes(settings: Settings) -> None:
    found = told(settings, QUEUE_SIZE=96, WEB_THREADS=96)
    assert "WEB_THREADS to 144" in found["skuapi.W005"]


@pytest.mark.parametrize(("lease", "timeout"), [(60.0, 60.0), (10.0, 60.0), (64.0, 60.0), (3.0, 2.5)])
def test_a_lease_that_a_request_can_outlast_is_an_error_that_says_how_long_it_must_be(
    settings: Settings, lease: float, timeout: float
) -> None:
    found = told(settings, RESERVATION_LEASE=lease, REQUEST_TIMEOUT=timeout, FETCH_TIMEOUT=1.0, LOAD_WAIT=1.0)
    assert f"Set RESERVATION_LEASE above {timeout + 5:g}" in found["skuapi.E004"]


def test_a_lease_above_the_longest_request_is_in_order(settings: Settings) -> None:
    assert told(settings, RESERVATION_LEASE=66.0, REQUEST_TIMEOUT=60.0) == {}


@pytest.mark.parametrize("name", ["FETCH_TIMEOUT", "LOAD_WAIT"])
def test_a_wait_that_takes_a_whole_request_is_a_warning_that_names_it(settings: Settings, name: str) -> None:
    found = told(settings, **{"REQUEST_TIMEOUT": 5.0, "FETCH_TIMEOUT": 1.0, "LOAD_WAIT": 1.0, name: 5.0})
    assert found == {"skuapi.W004": f"Set {name} below 5."}
