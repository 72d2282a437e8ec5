"""What a classifier is worth by its report is what its clients meet over HTTP."""

import json
from pathlib import Path

import pytest

from bench.roboflow import Asked, ask, top1
from tests.modelstore.training.conftest import draw
from tests.skuapi.roboflow.client import Client

HUES = {"crimson": (200, 30, 30), "scarlet": (230, 60, 30), "navy": (30, 40, 200)}
LEARN, ASKED = 6, 5
_TRAIN_AND_JUDGE = """
from django.core.management import call_command
call_command("train_classifier", "hues", "--photos", {learn!r}, "--like", "TINY/ONE@1")
call_command("evaluate_release", "CLASSIFICATION/hues@1", "--photos", {asked!r}, "--json")
"""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Photos to learn from, and others, of which the first of each class lies in the folder of the next one."""
    folder, names = tmp_path_factory.mktemp("hues"), list(HUES)
    for place, (name, colour) in enumerate(HUES.items()):
        for number in range(LEARN):
            draw(folder / "learn" / name / f"{number}.jpg", colour, 100 * place + number)
        for number in range(ASKED):
            filed = name if number else names[(place + 1) % len(names)]
            draw(folder / "asked" / filed / f"{name}-{number}.jpg", colour, 1000 + 100 * place + number)
    return folder / "learn", folder / "asked"


@pytest.fixture(scope="module")
def reported(client: Client, folders: tuple[Path, Path]) -> dict[str, float]:
    learn, asked = map(str, folders)
    script = _TRAIN_AND_JUDGE.format(learn=learn, asked=asked)
    printed = client.edge.site.manage("shell", "--no-imports", "-c", script)
    metrics: dict[str, float] = json.loads(printed.splitlines()[-1])["metrics"]
    return metrics


@pytest.fixture(scope="module")
def answers(client: Client, folders: tuple[Path, Path], reported: dict[str, float]) -> list[Asked]:
    return ask(f"{client.edge.url}/roboflow", "hues/1", client.edge.keys["alpha"], folders[1])


def test_every_photo_is_asked_about(answers: list[Asked]) -> None:
    assert len(answers) == len(HUES) * ASKED


def test_clients_get_as_many_right_as_the_report_says(answers: list[Asked], reported: dict[str, float]) -> None:
    assert top1(answers) == pytest.approx(reported["top1"], abs=1e-4)


def test_some_are_wrong_so_that_it_is_no_coincidence(answers: list[Asked]) -> None:
    assert 0 < top1(answers) < 1
