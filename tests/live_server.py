"""A real gunicorn with a database and a model store of its own, for tests that talk HTTP."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parent.parent

# In one process, and without loading what is activated: every start of torch costs seconds.
_ACTIVATE = """
from pathlib import Path
from django.core.management import call_command
from modelstore.publishing import activate, publish
call_command("migrate", verbosity=0)
for folder in {bundles!r}:
    activate(publish(Path(folder)), lambda manifest: None, reason="newer")
"""


@dataclass
class Site:
    """The settings of one installation; commands and servers started from it share database and models."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        own = {"DATA_DIR": str(self.folder), "MODEL_STORE": str(self.folder / "models"), "LOG_LEVEL": "WARNING"}
        own["TUNE"] = "false"  # trials on idle time would take it from other tests
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        return {**kept, **own, **self.settings}

    def manage(self, *arguments: str, timeout: float = 180) -> str:
        """Run a management command; its stdout. Fails the test with stderr when the command fails."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=timeout,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def activate(self, *bundles: Path) -> None:
        """Publish them one after the other, each at once active; whoever asks for it proves it."""
        self.manage("shell", "--no-imports", "-c", _ACTIVATE.format(bundles=[str(bundle) for bundle in bundles]))

    def manage_json(self, *arguments: str) -> Any:
        """The last line of a command run with --json."""
        return json.loads(self.manage(*arguments, "--json").splitlines()[-1])


def install(folder: Path, *bundles: Path, **settings: str) -> Site:
    """A new installation in which these bundles were activated one after the other."""
    site = Site(folder, settings)
    site.activate(*bundles)
    return site


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(site: Site, *options: str, app: str = "skuapi.wsgi", ready: str = "/api/v1/nowhere") -> Iterator[str]:
    """gunicorn on a free port; yields http://127.0.0.1:PORT, and leaves its log in the site's folder."""
    port = free_port()
    log = (site.folder / "gunicorn.log").open("ab")
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "skuapi/gunicorn_conf.py", app, *options],
        cwd=ROOT, env={**site.environment, "PORT": str(port)}, stdout=log, stderr=log,
    )  # fmt: skip
    try:
        wait_until_answering(f"http://127.0.0.1:{port}{ready}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def wait_until_answering(url: str, process: "subprocess.Popen[bytes]", seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "the server stopped while starting: see gunicorn.log"
        try:
            requests.get(url, timeout=5)
        except (requests.ConnectionError, requests.Timeout):  # a busy machine may take long over its first answer
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{url} did not answer within {seconds} seconds")
