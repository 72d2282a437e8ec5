"""Several processes publishing at once, and one that is killed in the middle."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import tiny_release
from tests.live_server import ROOT, Site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    made = Site(tmp_path_factory.mktemp("site"), {"DEVICE": "cpu", "PRECISION": "float32"})
    made.manage("migrate", "--verbosity", "0")
    return made


def bundle(folder: Path, brand: str, seed: int) -> Path:
    tiny_release.write(folder / f"{brand}-{seed}", brand, seed)
    return folder / f"{brand}-{seed}"


def started(site: Site, *command: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "manage.py", *command], cwd=ROOT, env=site.environment)


def releases(site: Site, brand: str) -> list[str]:
    listed = site.manage_json("list_releases")["releases"]
    return sorted(row["release"] for row in listed if row["release"].startswith(f"TINY/{brand}@"))


def test_processes_publishing_at_once_get_versions_that_count_up(site: Site, tmp_path: Path) -> None:
    """Four bundles, one of them twice: the networks they share are written by all of them at the same time."""
    bundles = [bundle(tmp_path, "RACE", seed) for seed in (1, 2, 3, 4, 4)]
    publishers = [started(site, "publish_release", str(folder)) for folder in bundles]
    assert [publisher.wait(120) for publisher in publishers] == [0] * 5
    assert releases(site, "RACE") == [f"TINY/RACE@{version}" for version in (1, 2, 3, 4)]


def test_of_processes_activating_at_once_one_has_the_last_word(site: Site, tmp_path: Path) -> None:
    site.activate(*[bundle(tmp_path, "BOTH", seed) for seed in (1, 2)])
    activators = [started(site, "activate_release", f"TINY/BOTH@{version}", "--reason", "mine") for version in (1, 2)]
    assert [activator.wait(120) for activator in activators] == [0, 0]
    listed = site.manage_json("list_releases")["releases"]
    assert sorted(row["status"] for row in listed if "/BOTH@" in row["release"]) == ["active", "retired"]


# Stops for good where a file is complete beside its place, and not yet moved there.
STUCK = """
import pathlib, sys, time
real = pathlib.Path.replace
def replace(self, target):
    print('stuck', flush=True)
    time.sleep(120)
    return real(self, target)
pathlib.Path.replace = replace
from django.core.management import call_command
call_command('publish_release', {folder!r})
"""


def killed_while_publishing(site: Site, folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-c", STUCK.format(folder=str(folder))],
        cwd=ROOT, env=site.environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    while "stuck" not in (line := process.stdout.readline()):
        assert line, "the publisher ended before it could be killed"
    process.send_signal(signal.SIGKILL)
    process.wait(30)


def test_a_killed_publisher_leaves_nothing_visible_and_the_next_one_succeeds(site: Site, tmp_path: Path) -> None:
    lonely = Site(site.folder, {**site.settings, "MODEL_STORE": str(tmp_path / "models")})
    folder = bundle(tmp_path, "KILLED", 1)
    killed_while_publishing(lonely, folder)
    assert releases(lonely, "KILLED") == []
    assert list((tmp_path / "models").rglob("*.safetensors")) == []
    assert lonely.manage_json("publish_release", str(folder))["release"] == "TINY/KILLED@1"
