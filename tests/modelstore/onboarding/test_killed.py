"""A worker killed before anything it writes leaves a line that answers, and the next worker goes on from there."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.live_server import ROOT, Site
from tests.modelstore.onboarding.brand_site import brand_site, new_photos, take_in
from tests.modelstore.test_killed import TOLD, Steps, active

pytestmark = [pytest.mark.audit, pytest.mark.timeout(600)]

WORK = """
from modelstore.models import Onboarding
from modelstore.onboarding.jobs import advance
Onboarding.objects.update(held_until=None, accepted_by="alice")
advance(1)
advance(1)
"""


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Steps:
    """Both jobs, killed before everything that they write, and after another worker has had its turn."""
    folder = tmp_path_factory.mktemp("killed")
    site = brand_site(folder)
    take_in(site, new_photos(folder, 3))
    return killed_everywhere(site)


def killed_everywhere(site: Site) -> Steps:
    start: Path = site.folder.parent / "start"
    shutil.copytree(site.folder, start)
    environment = {**site.environment, "DJANGO_SETTINGS_MODULE": "skuapi.settings", "OMP_NUM_THREADS": "1"}
    given = {"start": str(start), "change": ["shell", "--no-imports", "-c", WORK]}
    done = subprocess.run(
        [sys.executable, "-m", "tests.modelstore.killed_at"], input=json.dumps(given),
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=550,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def of_line(found: dict[str, Any], part: str = "status") -> dict[str, str]:
    return {release: told for release, told in found[part].items() if release.startswith("CLIFFS")}


def test_exactly_one_release_of_the_line_is_active_after_every_kill(steps: Steps) -> None:
    assert [step for step in steps if len(active({"status": of_line(step["left"])})) != 1] == []


def test_the_audit_trail_tells_what_is_so_after_every_kill(steps: Steps) -> None:
    wrong = [
        (step["killed_before"], release)
        for step in steps
        for release, status in of_line(step["left"]).items()
        if step["left"]["told"][release] not in TOLD[status]
    ]
    assert wrong == []


def test_the_next_worker_ends_what_the_killed_one_began(steps: Steps) -> None:
    assert {step["after_another_try"]["added"]["CLIFF_YELLOW_1L"] for step in steps} == {"done"}


def test_no_release_is_made_twice(steps: Steps) -> None:
    """The one that was trained, the prototype and the refit, whenever the worker was killed."""
    assert {tuple(of_line(step["after_another_try"])) for step in steps} == {
        ("CLIFFS/CLIFF@1", "CLIFFS/CLIFF@2", "CLIFFS/CLIFF@3")
    }


@pytest.mark.parametrize(
    ("killed_before", "at_least"),
    [
        ("INSERT INTO modelstore_release", 2),
        ("INSERT INTO modelstore_releaseevent", 4),
        ("UPDATE modelstore_onboarding SET", 8),
        ("INSERT INTO django_q_ormq", 1),
        ("move a file", 4),
        ("COMMIT", 2),
        ("what follows COMMIT", 2),
    ],
)
def test_the_steps_that_matter_were_among_them(steps: Steps, killed_before: str, at_least: int) -> None:
    assert [step["killed_before"] for step in steps].count(killed_before) >= at_least
