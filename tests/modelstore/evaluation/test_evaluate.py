"""Asking a release about photos that it never saw, and what is no fair question."""

import json
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from modelstore.evaluation.evaluate import reports
from modelstore.models import Evaluation, Release
from modelstore.photo_store import photo_store
from modelstore.training.train import Order, train
from tests.modelstore.training.conftest import COLOURS, Shop, draw

Output = pytest.CaptureFixture[str]
NAME = "CLIFFS/CLIFF@1"


@pytest.fixture
def trained(active: Release, shop: Shop) -> Release:
    return train(Order("CLIFFS", "CLIFF", shop()))[0]


@pytest.fixture
def unseen(tmp_path: Path) -> Path:
    for row, (sku, colour) in enumerate(COLOURS.items()):
        for number in range(2):
            draw(tmp_path / "unseen" / sku / f"{number}.jpg", colour, 900 + 10 * row + number)
    return tmp_path / "unseen"


def told(capsys: Output, *command: str) -> dict[str, dict[str, float]]:
    call_command("evaluate_release", NAME, *command, "--json")
    found: dict[str, dict[str, float]] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


def complaint(*command: str) -> str:
    with pytest.raises(CommandError) as error:
        call_command("evaluate_release", NAME, *command)
    return str(error.value)


def test_it_prints_the_release_and_how_it_did(trained: Release, unseen: Path, capsys: Output) -> None:
    answer = told(capsys, "--photos", str(unseen))
    assert answer["release"] == NAME
    assert (answer["metrics"]["top1"], answer["metrics"]["photos"]) == (1.0, 6)


def test_the_report_and_the_photos_are_kept(trained: Release, unseen: Path) -> None:
    call_command("evaluate_release", NAME, "--photos", str(unseen))
    _, later = reports(trained)
    assert (later.kind, len(later.answers)) == ("photos", 6)
    assert {photo_store().read(one.photo) for one in later.asked} == {
        path.read_bytes() for path in unseen.rglob("*.jpg")
    }


def test_the_same_question_is_kept_once(trained: Release, unseen: Path) -> None:
    for _ in range(2):
        call_command("evaluate_release", NAME, "--photos", str(unseen))
    assert Evaluation.objects.count() == 1


def test_without_photos_it_is_asked_about_those_that_were_brought_before(
    trained: Release, unseen: Path, tmp_path: Path
) -> None:
    call_command("evaluate_release", NAME, "--photos", str(unseen))
    draw(tmp_path / "photos" / "CLIFF_RED_1L" / "new.jpg", (210, 40, 40), 77)
    second, _ = train(Order("CLIFFS", "CLIFF", tmp_path / "photos"))
    shutil.rmtree(unseen)
    call_command("evaluate_release", str(second))
    assert Evaluation.objects.get(release=second).photos == 6


def test_products_it_does_not_know_are_strangers(trained: Release, unseen: Path, capsys: Output) -> None:
    (unseen / "CLIFF_RED_1L").rename(unseen / "RIVAL")
    assert "unknown_auroc" in told(capsys, "--photos", str(unseen))["metrics"]


def test_a_photo_that_was_learnt_is_a_hard_error(trained: Release, unseen: Path, tmp_path: Path) -> None:
    learnt = next((tmp_path / "photos" / "CLIFF_RED_1L").iterdir())
    shutil.copy(learnt, unseen / "CLIFF_RED_1L" / "copy.jpg")
    assert "learnt from 1 of these photos" in complaint("--photos", str(unseen))


def test_a_near_duplicate_of_one_that_was_learnt_is_a_hard_error(
    trained: Release, unseen: Path, tmp_path: Path
) -> None:
    learnt = next((tmp_path / "photos" / "CLIFF_RED_1L").iterdir())
    Image.open(learnt).save(unseen / "CLIFF_RED_1L" / "again.jpg", quality=90)
    assert "1 of these photos are near-duplicates" in complaint("--photos", str(unseen))
    assert Evaluation.objects.count() == 0


def test_without_any_photo_it_says_what_to_give(trained: Release) -> None:
    assert "Give --photos FOLDER or --shelves LABELS" in complaint()


def test_a_kept_photo_that_is_gone_is_named(trained: Release, unseen: Path, tmp_path: Path) -> None:
    call_command("evaluate_release", NAME, "--photos", str(unseen))
    Evaluation.objects.update(photos=0)
    shutil.rmtree(tmp_path / "kept-photos")
    shutil.rmtree(tmp_path / "embeddings")
    assert "A photo cannot be read" in complaint()
