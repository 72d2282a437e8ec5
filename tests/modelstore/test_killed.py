"""A process killed at any step of publishing, activating or rolling back leaves one valid active release."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import tiny_release
from tests.live_server import ROOT, Site, install

Steps = list[dict[str, Any]]
# What the last event of a release says when its status is this one.
TOLD = {"published": {"published"}, "active": {"activated", "restored"}, "retired": {"retired"}}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """TINY/ONE@2 is active, @1 retired."""
    folder = tmp_path_factory.mktemp("killed")
    bundles = [folder / f"bundle{seed}" for seed in (1, 2)]
    for seed, bundle in enumerate(bundles, 1):
        tiny_release.write(bundle, seed=seed)
    return install(folder / "site", *bundles, DEVICE="cpu", PRECISION="float32")


def killed_everywhere(site: Site, *change: str) -> Steps:
    start = site.folder.parent / "start"
    shutil.rmtree(start, ignore_errors=True)
    shutil.copytree(site.folder, start)
    environment = {**site.environment, "DJANGO_SETTINGS_MODULE": "skuapi.settings", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.modelstore.killed_at"],
        input=json.dumps({"start": str(start), "change": change}),
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=230,
    )  # fmt: skip
    shutil.rmtree(site.folder)
    shutil.copytree(start, site.folder)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def publishing(site: Site) -> Steps:
    folder: Path = site.folder.parent / "bundle3"
    tiny_release.write(folder, seed=3)
    return killed_everywhere(site, "publish_release", str(folder), "--activate", "--reason", "newer")


@pytest.fixture(scope="module")
def activating(site: Site) -> Steps:
    return killed_everywhere(site, "activate_release", "TINY/ONE@1", "--reason", "older")


@pytest.fixture(scope="module")
def rolling_back(site: Site) -> Steps:
    return killed_everywhere(site, "rollback_release", "TINY/ONE")


@pytest.fixture(
    params=[
        "publishing",
        pytest.param("activating", marks=pytest.mark.audit),
        pytest.param("rolling_back", marks=pytest.mark.audit),
    ]
)
def steps(request: pytest.FixtureRequest) -> Steps:
    made: Steps = request.getfixturevalue(request.param)
    return made


def active(found: dict[str, Any]) -> list[str]:
    return [release for release, status in found["status"].items() if status == "active"]


def test_exactly_one_release_is_active_after_every_kill(steps: Steps) -> None:
    wrong = [step for step in steps if len(active(step["left"])) != 1]
    assert wrong == []


def test_the_audit_trail_tells_what_is_so_after_every_kill(steps: Steps) -> None:
    wrong = [
        (step["killed_before"], release)
        for step in steps
        for release, status in step["left"]["status"].items()
        if step["left"]["told"][release] not in TOLD[status]
    ]
    assert wrong == []


def test_it_is_the_old_one_until_the_change_is_committed_and_the_new_one_after(steps: Steps) -> None:
    answering = [active(step["left"]) for step in steps]
    assert answering == sorted(answering, key=lambda release: release != answering[0])
    assert (answering[0], len({tuple(release) for release in answering})) == (["TINY/ONE@2"], 2)


def test_publishing_killed_at_any_step_succeeds_when_it_is_tried_again(publishing: Steps) -> None:
    """Each file whole, golden answers reproduced: activating proves both."""
    assert {tuple(active(step["after_another_try"])) for step in publishing} == {("TINY/ONE@3",)}


@pytest.mark.audit
def test_activating_killed_at_any_step_succeeds_when_it_is_tried_again(activating: Steps) -> None:
    assert {tuple(active(step["after_another_try"])) for step in activating} == {("TINY/ONE@1",)}


@pytest.mark.parametrize(
    ("killed_before", "at_least"),
    [
        ("move a file", 2),
        ("INSERT INTO modelstore_release", 1),
        ("INSERT INTO modelstore_releaseevent", 3),
        ("UPDATE modelstore_release SET", 2),
        ("COMMIT", 2),
        ("what follows COMMIT", 2),
    ],
)
def test_the_steps_that_matter_were_among_them(publishing: Steps, killed_before: str, at_least: int) -> None:
    """Between retiring one release and activating the other, too: two UPDATEs, each of them killed."""
    assert [step["killed_before"] for step in publishing].count(killed_before) >= at_least
