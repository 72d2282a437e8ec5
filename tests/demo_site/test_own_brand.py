"""A new operator with nothing but the README: from the example folders to a release that answers."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.demo_site.conftest import Seeded
from tests.live_server import ROOT, Site, serving

BRAND = {"category": "DRINKS", "brand": "TROFERSO"}
BETWEEN = "=== next ==="
# Commands of manage.py as if typed one after the other, in one process: every start of torch costs seconds.
ALL = """
from django.core.management import execute_from_command_line
for command in {commands!r}:
    execute_from_command_line(command)
    print({between!r}, flush=True)
"""


@dataclass(frozen=True)
class Walked:
    """What the README's commands of manage.py printed, one after the other, and where the examples are."""

    told: list[str]
    examples: Path
    site: Site


@pytest.fixture(scope="module")
def walked(seeded: Seeded, tmp_path_factory: pytest.TempPathFactory) -> Walked:
    folder = tmp_path_factory.mktemp("walk")
    examples, site = folder / "examples", Site(folder / "site")
    shutil.copytree(seeded.site.folder, site.folder)  # the demo itself stays as it was seeded
    block = re.search(r"## A brand of your own.*?```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert block is not None
    draw, *commands = [line.replace("var/examples", str(examples)).split() for line in block[1].splitlines()]
    assert draw[0] == ".venv/bin/python"
    subprocess.run([sys.executable, *draw[1:]], cwd=ROOT, env=site.environment, check=True, timeout=180)
    assert {tuple(command[:2]) for command in commands} == {(".venv/bin/python", "manage.py")}
    code = ALL.format(commands=[command[1:] for command in commands], between=BETWEEN)
    return Walked(site.manage("shell", "--no-imports", "-c", code).split(BETWEEN), examples, site)


def test_most_photos_of_another_day_are_named_rightly(walked: Walked) -> None:
    (top1,) = re.findall(r"top1 +([\d.]+)", walked.told[1])
    assert float(top1) > 0.8


def test_the_next_request_is_answered_by_the_new_brand(walked: Walked, seeded: Seeded) -> None:
    with serving(walked.site) as url:
        told = requests.post(
            f"{url}/api/v1/predict",
            files={"image": (walked.examples / "shelves" / "1.jpg").read_bytes()},
            data=BRAND,
            headers={"X-API-Key": seeded.first["api_key"]},
            timeout=90,
        )
    assert (told.status_code, told.headers["X-Model-Release"]) == (200, "DRINKS/TROFERSO@1")
    assert any(found["sku"].startswith("TROFERSO_") for found in told.json()["detections"])
