"""The worker beside the demo's server: it lives as long as the server, and is started again when it dies."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.live_server import ROOT, Site

SERVER = """
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "manage.py", "keep_worker", "--parent", str(os.getpid())])
time.sleep(600)
"""


@pytest.fixture
def server(tmp_path: Path, tiny_site: Site) -> Iterator["subprocess.Popen[bytes]"]:
    """Stands for the server: all that matters is that it lives."""
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVER], cwd=ROOT, env=tiny_site.environment, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        yield process
        process.kill()
        process.wait()
        assert until(lambda: not workers(tiny_site))


def workers(site: Site) -> set[int]:
    """Processes of this installation's worker, those that it has forked included."""
    mine = f"DATA_DIR={site.folder}".encode()
    return {int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal() and _is_worker(path, mine)}


def _is_worker(process: Path, mine: bytes) -> bool:
    try:
        arguments = (process / "cmdline").read_bytes().split(b"\0")
        return b"qcluster" in arguments and mine in (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def until(true: Callable[[], object], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.2)
    return False


def test_it_ends_with_the_server_whatever_ends_that(server: "subprocess.Popen[bytes]", tiny_site: Site) -> None:
    assert until(lambda: len(workers(tiny_site)) >= 4)
    server.kill()
    server.wait()
    assert until(lambda: not workers(tiny_site))


def test_it_is_started_again_when_it_dies(server: "subprocess.Popen[bytes]", tiny_site: Site) -> None:
    assert until(lambda: len(workers(tiny_site)) >= 4)
    before = workers(tiny_site)
    for process in before:
        os.kill(process, signal.SIGKILL)
    assert until(lambda: len(workers(tiny_site) - before) >= 4)


def test_ctrl_c_ends_both(server: "subprocess.Popen[bytes]", tiny_site: Site) -> None:
    """The terminal sends it to all processes in front."""
    assert until(lambda: len(workers(tiny_site)) >= 4)
    os.killpg(server.pid, signal.SIGINT)
    assert until(lambda: not workers(tiny_site))
