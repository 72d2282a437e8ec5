"""A release is proved by a web process that has only just started: its engine imports torch at the same time."""

import os
import subprocess
import sys
from pathlib import Path

from tests.live_server import ROOT, Site

AT_ONCE = """
import sys, threading, django
django.setup()
from pathlib import Path
from inference.manifest import loads
from modelstore.proving import prove
from skuapi.backends.local import LocalBackend

came_of_it = []

def tried(step):
    try:
        came_of_it.append(type(step()).__name__)
    except Exception as error:
        came_of_it.append(f"{type(error).__name__}: {error}")

manifest = loads(Path(sys.argv[1]).read_bytes())
threads = [threading.Thread(target=tried, args=(step,)) for step in (LocalBackend().engine, lambda: prove(manifest))]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
for line in came_of_it:  # at the end: two threads that print mix their lines
    print(line)
"""


def test_neither_disturbs_the_other(tiny_bundle: Path, tmp_path: Path) -> None:
    """The store is empty, so what the proof finds is a missing file."""
    site = Site(tmp_path, {"DEVICE": "cpu", "PRECISION": "float32"})
    done = subprocess.run(
        [sys.executable, "-c", AT_ONCE, str(tiny_bundle / "manifest.json")],
        cwd=ROOT, env={**os.environ, **site.environment, "DJANGO_SETTINGS_MODULE": "skuapi.settings"},
        capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    assert sorted(line.split(" ")[0] for line in done.stdout.splitlines()) == ["Engine", "WeightsMissing:"], done.stdout
