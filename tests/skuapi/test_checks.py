"""`manage.py check` knows setups in which several processes would not agree, and says what to set."""

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
    assert "WEB_THREADS to 144" in found["skuapi.W004"]
