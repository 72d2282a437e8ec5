"""The ignored file of secrets, and settings that name themselves when they are wrong."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from skuapi.local_env import create_once
from tests.live_server import ROOT


def started_with(**settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, **settings}
    command = [sys.executable, "manage.py", "check"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


def test_secrets_are_written_for_their_owner_alone(tmp_path: Path) -> None:
    create_once(tmp_path / ".env")
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


def test_secrets_that_exist_are_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SECRET_KEY=mine")
    assert not create_once(tmp_path / ".env")
    assert (tmp_path / ".env").read_text() == "SECRET_KEY=mine"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QUEUE_SIZE", "many"),
        ("REQUEST_TIMEOUT", "61"),
        ("SECRET_KEY", ""),
        ("API_KEY_PEPPERS", "short"),
        ("REDIS_URL", "http://here"),
        ("LOG_LEVEL", "LOUD"),
        ("DATABASE_URL", "here"),
        ("PORT", "http"),
        ("WEB_THREADS", "0"),
        ("DEVICE", "gpu"),
        ("PRECISION", "int8"),
        ("FETCH_ALLOWED_HOSTS", "no host"),
        ("RELEASE_SIGNING_KEY", "short"),
        ("RELEASE_TRUSTED_KEYS", "short,shorter"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_names_itself(name: str, value: str) -> None:
    done = started_with(**{name: value})
    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]
