"""Classifiers of whole pictures are asked about photos that they never saw, and compared with each other."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from modelstore.evaluation.evaluate import reports
from modelstore.evaluation.gate import judge
from modelstore.evaluation.page.document import document
from modelstore.evaluation.released import forget, page_of_release
from modelstore.models import Release
from modelstore.promotion import promote
from modelstore.training.train_pictures import PictureOrder, train_pictures
from tests.modelstore.test_activation import no_proof
from tests.modelstore.training.conftest import COLOURS, Shop, draw
from tests.modelstore.training.test_train_classifier import WHICH, Tags, tagged  # noqa: F401 - a fixture

Output = pytest.CaptureFixture[str]


@pytest.fixture
def single(active: Release, shop: Shop) -> Release:
    forget()
    return train_pictures(PictureOrder("colours", shop()))[0]


@pytest.fixture
def multi(active: Release, tagged: Tags) -> Release:  # noqa: F811
    forget()
    return train_pictures(PictureOrder("hues", *tagged(8)))[0]


@pytest.fixture
def unseen(tmp_path: Path) -> Path:
    for row, (name, colour) in enumerate(COLOURS.items()):
        for number in range(4):
            draw(tmp_path / "unseen" / name / f"{number}.jpg", colour, 900 + 10 * row + number)
    return tmp_path / "unseen"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Beside `others`, which holds its photos."""
    rows = ["filename, reddish, bluish"]
    for row, (name, (colour, cells)) in enumerate(WHICH.items()):
        for number in range(3):
            draw(tmp_path / "others" / f"{name}{number}.jpg", colour, 5000 + 100 * row + number)
            rows.append(f"{name}{number}.jpg, {cells}")
    (tmp_path / "others.csv").write_text("\n".join(rows))
    return tmp_path / "others.csv"


def asked(release: Release, capsys: Output, *arguments: object) -> dict[str, float]:
    call_command("evaluate_release", str(release), *map(str, arguments), "--json")
    found: dict[str, float] = json.loads(capsys.readouterr().out.splitlines()[-1])["metrics"]
    return found


def complaint(release: Release, *arguments: object) -> str:
    with pytest.raises(CommandError) as error:
        call_command("evaluate_release", str(release), *map(str, arguments))
    return str(error.value)


def test_a_single_label_classifier_is_judged_by_folders(single: Release, unseen: Path, capsys: Output) -> None:
    found = asked(single, capsys, "--photos", unseen)
    assert (found["top1"], found["photos"]) == (1.0, 12)
    assert "ece" in found


def test_a_multi_label_classifier_is_judged_by_a_table(multi: Release, table: Path, capsys: Output) -> None:
    found = asked(multi, capsys, "--photos", table.with_suffix(""), "--multilabel", table)
    assert (found["top1"], found["mean_auroc"]) == (1.0, 1.0)


def test_the_labels_are_kept_so_that_another_release_can_be_asked(multi: Release, table: Path) -> None:
    call_command("evaluate_release", str(multi), "--photos", str(table.with_suffix("")), "--multilabel", str(table))
    _, later = reports(multi)
    assert {one.use for one in later.asked} == {"tagged"}
    assert {tag for one in later.asked for tag, _ in one.marks} == {"reddish", "bluish"}


def test_a_table_may_leave_a_tag_out(multi: Release, table: Path, capsys: Output) -> None:
    table.write_text("\n".join(line.rpartition(",")[0] for line in table.read_text().splitlines()))
    assert asked(multi, capsys, "--photos", table.with_suffix(""), "--multilabel", table)["top1"] == 1.0


def test_a_tag_that_the_release_does_not_know_is_refused(multi: Release, table: Path) -> None:
    table.write_text(table.read_text().replace("bluish", "greenish"))
    said = complaint(multi, "--photos", table.with_suffix(""), "--multilabel", table)
    assert "It does not know greenish; it knows reddish, bluish" in said


def test_a_class_that_the_release_does_not_know_is_refused(single: Release, unseen: Path) -> None:
    (unseen / "CLIFF_RED_1L").rename(unseen / "RED")
    assert "It does not know RED" in complaint(single, "--photos", unseen)


def test_a_table_for_a_single_label_classifier_is_refused(single: Release, table: Path) -> None:
    said = complaint(single, "--photos", table.with_suffix(""), "--multilabel", table)
    assert "one class each" in said


def test_folders_for_a_multi_label_classifier_are_refused(multi: Release, unseen: Path) -> None:
    assert "--multilabel TABLE" in complaint(multi, "--photos", unseen)


def test_negatives_of_a_classifier_are_refused(single: Release, unseen: Path) -> None:
    said = complaint(single, "--photos", unseen, "--negatives", unseen / "CLIFF_RED_1L")
    assert "without --shelves and --negatives" in said


def test_a_table_for_a_release_of_shelves_is_refused(active: Release, table: Path) -> None:
    said = complaint(active, "--photos", table.with_suffix(""), "--multilabel", table)
    assert "Leave it out" in said


def test_photos_it_learnt_from_are_refused(single: Release, tmp_path: Path) -> None:
    assert "learnt from 18 of these photos" in complaint(single, "--photos", tmp_path / "photos")


def test_a_second_release_is_compared_on_the_photos_of_the_first(single: Release, unseen: Path, tmp_path: Path) -> None:
    promote(single, no_proof)
    call_command("evaluate_release", str(single), "--photos", str(unseen))
    for name, colour in COLOURS.items():
        draw(tmp_path / "photos" / name / "new.jpg", colour, 333)
    second, _ = train_pictures(PictureOrder("colours", tmp_path / "photos"))
    verdict = judge(second, single)
    assert (verdict.passed, verdict.comparison and verdict.comparison.answers >= 12) == (True, True)
    assert "pictures of" in verdict.words


def test_a_release_with_one_more_class_is_compared_on_the_others(single: Release, unseen: Path, tmp_path: Path) -> None:
    promote(single, no_proof)
    call_command("evaluate_release", str(single), "--photos", str(unseen))
    for number in range(4):
        draw(tmp_path / "photos" / "AMBER" / f"{number}.jpg", (230, 170, 20), 700 + number)
    second, _ = train_pictures(PictureOrder("colours", tmp_path / "photos"))
    verdict = judge(second, single)
    assert verdict.passed
    assert verdict.comparison
    assert verdict.comparison.added == ("AMBER",)


def test_a_release_that_has_lost_a_class_needs_a_reason(single: Release, unseen: Path, tmp_path: Path) -> None:
    promote(single, no_proof)
    call_command("evaluate_release", str(single), "--photos", str(unseen))
    (tmp_path / "photos" / "CLIFF_RED_1L").rename(tmp_path / "gone")
    second, _ = train_pictures(PictureOrder("colours", tmp_path / "photos"))
    verdict = judge(second, single)
    assert not verdict.passed
    assert "no longer knows CLIFF_RED_1L" in verdict.words


def test_two_releases_of_tags_are_compared(multi: Release, table: Path, tmp_path: Path) -> None:
    promote(multi, no_proof)
    arguments = ("--photos", str(table.with_suffix("")), "--multilabel", str(table))
    call_command("evaluate_release", str(multi), *arguments)
    draw(tmp_path / "tagged" / "one.jpg", (200, 30, 30), 4321)
    labels = tmp_path / "labels.csv"
    labels.write_text(labels.read_text() + "\none.jpg, 1, 0")
    second, _ = train_pictures(PictureOrder("hues", tmp_path / "tagged", labels))
    verdict = judge(second, multi)
    assert verdict.passed
    assert "decisions right" in verdict.words


def test_a_release_of_another_task_cannot_be_compared(single: Release, active: Release, tagged: Tags) -> None:  # noqa: F811
    promote(single, no_proof)
    second, _ = train_pictures(PictureOrder("colours", *tagged(8)))
    assert "cannot be compared" in judge(second, single).words


def test_the_page_of_tags_speaks_of_tags(multi: Release) -> None:
    page = document(page_of_release(multi))
    assert "Tag by tag" in page
    assert "decisions on tags" in page
    assert "SKU" not in page


def test_the_page_of_classes_speaks_of_pictures_and_classes(single: Release) -> None:
    page = document(page_of_release(single))
    assert "Of 18 pictures that it had not learnt from" in page
    assert "SKU" not in page
    assert "product" not in page
