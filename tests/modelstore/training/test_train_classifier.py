"""From photos with classes or tags to a classifier of whole pictures, and what stops on the way."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from inference.device import choose
from inference.loading import LoadedRelease, Loader
from inference.manifest import Manifest, loads, sha256
from modelstore.errors import PublishRefused, TrainingRefused
from modelstore.models import ModelLine, Release
from modelstore.proving import prove
from modelstore.publishing import activate, numbered
from modelstore.store import ModelStore, model_store
from modelstore.training.embedding_cache import EmbeddingCache
from modelstore.training.photo_folders import ReferencePhoto
from modelstore.training.train import Order, train
from modelstore.training.train_pictures import PictureOrder, train_pictures
from tests.modelstore.training.conftest import COLOURS, Shop, draw

Output = pytest.CaptureFixture[str]
Tags = Callable[..., tuple[Path, Path]]
RED, BLUE = (200, 30, 30), (30, 40, 200)
WHICH = {"red": (RED, "1, 0"), "blue": (BLUE, "0, 1"), "both": ((200, 40, 200), "1, 1"), "none": ((40, 40, 40), "0, 0")}


@pytest.fixture
def tagged(tmp_path: Path) -> Tags:
    """Photos in a folder, and a table: `reddish` and `bluish`, either, both or none."""

    def write(each: int = 6, more: str = "", change: Callable[[str], str] = str) -> tuple[Path, Path]:
        rows = ["filename, reddish, bluish"]
        for row, (name, (colour, cells)) in enumerate(WHICH.items()):
            for number in range(each):
                draw(tmp_path / "tagged" / f"{name}{number}.jpg", colour, 100 * row + number)
                rows.append(f"{name}{number}.jpg, {cells}")
        table = tmp_path / "labels.csv"
        table.write_text(change("\n".join(rows) + more))
        return tmp_path / "tagged", table

    return write


def single(photos: Path, slug: str = "colours", **more: object) -> Release:
    return train_pictures(PictureOrder(slug, photos, **more))[0]  # type: ignore[arg-type]


def multi(photos: Path, table: Path) -> Release:
    return train_pictures(PictureOrder("hues", photos, table))[0]


def manifest(release: Release) -> Manifest:
    return loads(release.manifest.encode())


def answered(release: Release, *paths: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    loaded: LoadedRelease = Loader(model_store(), choose("cpu", "float32")).load(manifest(release))
    photos = [ReferencePhoto(path, None, sha256(path.read_bytes())) for path in paths]
    features = EmbeddingCache(paths[0].parent / "other").embeddings(photos, loaded, progress=False).features
    return loaded.head.probabilities(features)


def complaint(slug: str, *arguments: object) -> str:
    before = Release.objects.count()
    with pytest.raises(CommandError) as error:
        call_command("train_classifier", slug, *map(str, arguments))
    assert Release.objects.count() == before
    return str(error.value)


def test_it_prints_release_model_and_metrics(active: Release, shop: Shop, capsys: Output) -> None:
    call_command("train_classifier", "colours", "--photos", str(shop()), "--json")
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["release"], told["model"]) == ("CLASSIFICATION/colours@1", "colours/1")
    assert told["metrics"]["top1"] == 1.0
    assert {"ece", "coverage_at_95_precision", "classes"} <= told["metrics"].keys()


def test_nothing_is_said_of_products_that_a_classifier_does_not_know(active: Release, shop: Shop) -> None:
    metrics = manifest(single(shop())).metrics
    assert not [name for name in metrics if "unknown" in name or "known_kept" in name]


def test_in_words_it_says_how_the_release_is_asked(active: Release, shop: Shop, capsys: Output) -> None:
    call_command("train_classifier", "colours", "--photos", str(shop()))
    assert "answers as colours/1 from now on" in capsys.readouterr().out


def test_classes_of_photos_it_never_saw_are_named_and_sum_to_one(active: Release, shop: Shop, tmp_path: Path) -> None:
    release = single(shop())
    unseen = [draw(tmp_path / f"{name}.png", colour, 999) for name, colour in COLOURS.items()]
    found = answered(release, *unseen)
    names = [label.name for label in manifest(release).labels]
    assert [names[row] for row in found.argmax(axis=1)] == list(COLOURS)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)


def test_tags_of_photos_it_never_saw_are_told_each_by_itself(active: Release, tagged: Tags, tmp_path: Path) -> None:
    release = multi(*tagged(10))
    unseen = [draw(tmp_path / f"{name}.png", colour, 999) for name, (colour, _) in WHICH.items()]
    found = answered(release, *unseen) > 0.5
    assert found.tolist() == [[True, False], [False, True], [True, True], [False, False]]


def test_the_task_stands_in_the_manifest(active: Release, shop: Shop, tagged: Tags) -> None:
    assert (manifest(single(shop())).task, manifest(multi(*tagged())).task) == ("single_label", "multi_label")


def test_a_classifier_proves_itself_and_can_be_activated(active: Release, tagged: Tags) -> None:
    release = multi(*tagged())
    activate(release, prove)
    assert release.status == Release.Status.ACTIVE


def test_a_draft_is_kept_as_one(active: Release, shop: Shop) -> None:
    assert single(shop(), draft=True).status == Release.Status.DRAFT


def test_its_line_is_of_whole_images_and_called_by_its_slug(active: Release, shop: Shop) -> None:
    line = single(shop()).line
    assert (str(line), line.slug, line.kind) == ("CLASSIFICATION/colours", "colours", ModelLine.Kind.WHOLE_IMAGE)


def test_the_second_training_is_the_second_version_and_classes_keep_their_numbers(
    active: Release, shop: Shop, tmp_path: Path
) -> None:
    first = single(shop())
    for number in range(3):
        draw(tmp_path / "photos" / "AMBER" / f"{number}.jpg", (230, 170, 20), 700 + number)
    second = single(tmp_path / "photos")
    one, other = ({label.name: label.id for label in manifest(release).labels} for release in (first, second))
    assert second.version == 2
    assert other == {**one, "AMBER": 3}


def test_the_same_photos_give_the_same_release(active: Release, tagged: Tags) -> None:
    assert multi(*tagged()) == multi(*tagged())


def test_networks_are_shared_so_a_classifier_adds_kilobytes(active: Release, shop: Shop, store: ModelStore) -> None:
    before = {path.name for path in Path(store.storage.path("")).rglob("*.safetensors")}
    found = manifest(single(shop()))
    added = {path.stem for path in Path(store.storage.path("")).rglob("*.safetensors") if path.name not in before}
    assert added == {found.head.weights, found.head.golden, found.report}


def test_a_class_may_be_called_unknown(active: Release, shop: Shop) -> None:
    release = single(shop(colours={"unknown": RED, "known": BLUE}))
    assert [label.name for label in manifest(release).labels] == ["known", "unknown"]


def test_a_table_may_begin_with_a_byte_order_mark_and_have_spaces(active: Release, tagged: Tags) -> None:
    photos, table = tagged(change=lambda text: "\ufeff" + text.replace(", ", " ,  ").replace("\n", "\r\n"))
    assert [label.name for label in manifest(multi(photos, table)).labels] == ["reddish", "bluish"]


@pytest.mark.parametrize("slug", ["model", "infer", "info", "42", "Colours", "a b", "../x", "", "é", "a" * 81])
def test_a_slug_that_cannot_stand_in_an_address_is_refused(active: Release, shop: Shop, slug: str) -> None:
    assert "cannot stand in an address" in complaint(slug, "--photos", shop())


def test_the_slug_of_a_line_of_shelves_is_refused(active: Release, shop: Shop) -> None:
    assert "tiny-one is the slug of TINY/ONE" in complaint("tiny-one", "--photos", shop())


def test_a_brand_is_not_trained_on_a_line_of_whole_pictures(active: Release, shop: Shop) -> None:
    single(shop())
    with pytest.raises(TrainingRefused, match="classifies whole pictures"):
        train(Order("CLASSIFICATION", "colours", shop()))


def test_too_few_photos_of_a_class_are_refused(active: Release, shop: Shop) -> None:
    assert "Each class needs at least 3 photos" in complaint("colours", "--photos", shop(2))


def test_one_class_is_refused(active: Release, shop: Shop) -> None:
    assert "holds one class" in complaint("colours", "--photos", shop(colours={"A": RED}))


def test_a_photo_in_two_classes_is_refused(active: Release, shop: Shop) -> None:
    photos = shop()
    one, other = (photos / name for name in list(COLOURS)[:2])
    shutil.copy(one / "0.jpg", other / "copy.jpg")
    assert "the same photo of two classes" in complaint("colours", "--photos", photos)


def test_an_unreadable_photo_is_refused(active: Release, shop: Shop) -> None:
    photos = shop()
    (photos / "CLIFF_RED_1L" / "0.jpg").write_bytes(b"no photo")
    assert "cannot be read" in complaint("colours", "--photos", photos)


def test_a_folder_that_is_none_is_refused(active: Release, tmp_path: Path) -> None:
    assert "is no folder" in complaint("colours", "--photos", tmp_path / "nowhere")


TABLES: dict[str, tuple[Callable[[str], str], str]] = {
    "a row without a file": (lambda text: text + "gone.jpg, 1, 0\n", "names what is no photo"),
    "a path instead of a name": (lambda text: text + "../tagged/red0.jpg, 1, 0\n", "names what is no photo"),
    "a file without a row": (lambda text: text.replace("red0.jpg, 1, 0\n", ""), "has no row for red0.jpg"),
    "another number than 0 and 1": (lambda text: text.replace("red0.jpg, 1", "red0.jpg, 2"), "'2' under reddish"),
    "an empty cell": (lambda text: text.replace("red0.jpg, 1", "red0.jpg, "), "write 1 or 0"),
    "a cell too few": (lambda text: text.replace("red0.jpg, 1, 0", "red0.jpg, 1"), "has 2 cells"),
    "a cell too many": (lambda text: text.replace("red0.jpg, 1, 0", "red0.jpg, 1, 0, 0"), "has 4 cells"),
    "a row twice": (lambda text: text + "red0.jpg, 1, 0\n", "names red0.jpg in line 2 and again"),
    "a tag twice": (lambda text: text.replace("bluish", "Reddish"), "two columns of one name"),
    "a tag without a name": (lambda text: text.replace("bluish", ""), "No tag can be called"),
    "no tag": (lambda text: "filename\nred0.jpg\n", "no column for a tag"),
    "another first column": (lambda text: text.replace("filename", "photo"), "not `filename`"),
    "a tag on every photo": (lambda text: text.replace(", 0, ", ", 1, "), "have the tag reddish"),
    "nothing": (lambda text: "", "no header"),
    "a header alone": (lambda text: "filename, dent\n", "no row below it"),
    "an open quotation": (lambda text: text + '"red', "is no CSV file"),
}


@pytest.mark.parametrize(("change", "words"), TABLES.values(), ids=TABLES.keys())
def test_a_table_that_cannot_be_is_refused(
    active: Release, tagged: Tags, change: Callable[[str], str], words: str
) -> None:
    photos, table = tagged(change=lambda text: change(text + "\n"))
    assert words in complaint("hues", "--photos", photos, "--multilabel", table)


def test_a_table_in_another_encoding_is_refused(active: Release, tagged: Tags) -> None:
    photos, table = tagged()
    table.write_bytes("filename, röt\n".encode("utf-16"))
    assert "Give a CSV file in UTF-8" in complaint("hues", "--photos", photos, "--multilabel", table)


def test_the_same_photo_under_two_names_is_refused(active: Release, tagged: Tags) -> None:
    photos, table = tagged()
    shutil.copy(photos / "red0.jpg", photos / "copy.jpg")
    table.write_text(table.read_text() + "\ncopy.jpg, 0, 1\n")
    assert "are the same photo" in complaint("hues", "--photos", photos, "--multilabel", table)


def test_a_tag_that_too_few_photos_have_is_refused(active: Release, tagged: Tags) -> None:
    photos, table = tagged(each=1)
    assert "At least 3 must have it" in complaint("hues", "--photos", photos, "--multilabel", table)


def test_a_classifier_of_another_kind_is_not_published_on_a_line(active: Release, shop: Shop) -> None:
    shelf = replace(loads(active.manifest.encode()), category="CLASSIFICATION", brand="colours")
    single(shop())
    with pytest.raises(PublishRefused, match="are classifiers of whole pictures, and this is one of products"):
        numbered(shelf)
