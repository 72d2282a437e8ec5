"""The demo as a newcomer gets it: seeded twice, then served by the command that `make demo` runs."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.live_server import ROOT, Site, free_port


@dataclass(frozen=True)
class Seeded:
    """What seed_demo printed the first and the second time."""

    site: Site
    first: dict[str, Any]
    second: dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """A running demo: its address, and all it has printed."""

    url: str
    text: str
    site: Site


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    site = Site(tmp_path_factory.mktemp("demo"))
    return Seeded(site, site.manage_json("seed_demo"), site.manage_json("seed_demo"))


@pytest.fixture(scope="session")
def shown(seeded: Seeded) -> Iterator[Shown]:
    port = str(free_port())
    output = (seeded.site.folder / "demo.log").open("w+")
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve_demo"],
        cwd=ROOT, env={**seeded.site.environment, "PORT": port}, stdout=output, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield Shown(f"http://127.0.0.1:{port}", _text_with(Path(output.name), "Self-check", process), seeded.site)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _text_with(file: Path, word: str, process: "subprocess.Popen[bytes]", seconds: float = 150) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        if word in file.read_text():
            return file.read_text()
        time.sleep(0.3)
    raise AssertionError(file.read_text())


def run_shell(command: str) -> Any:
    """A pasted command in bash, from the repository's root; its stdout as JSON."""
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=90)
    return json.loads(done.stdout)
