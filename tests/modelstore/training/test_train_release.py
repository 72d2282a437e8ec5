"""From folders of photos to a release that answers, and what stops on the way."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from inference.device import choose
from inference.head import surest
from inference.loading import Loader
from inference.manifest import loads, sha256
from modelstore.models import Release
from modelstore.proving import prove
from modelstore.publishing import activate
from modelstore.store import ModelStore, model_store
from modelstore.training.embedding_cache import EmbeddingCache
from modelstore.training.photo_folders import ReferencePhoto
from modelstore.training.train import Order, train
from tests.modelstore.training.conftest import COLOURS, Shop, draw

Output = pytest.CaptureFixture[str]
NAMES = ("--category", "CLIFFS", "--brand", "CLIFF")


def order(photos: Path, **more: object) -> Order:
    return Order("CLIFFS", "CLIFF", photos, **more)  # type: ignore[arg-type]


def complaint(photos: Path, *more: str) -> str:
    with pytest.raises(CommandError) as error:
        call_command("train_release", *NAMES, "--photos", str(photos), *more)
    return str(error.value)


def test_it_prints_the_release_and_its_metrics(active: Release, shop: Shop, capsys: Output) -> None:
    call_command("train_release", *NAMES, "--photos", str(shop()), "--json")
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert told["release"] == "CLIFFS/CLIFF@1"
    assert told["metrics"]["top1"] == 1.0
    assert {"top5", "ece", "coverage_at_95_precision", "top1_dinov2_alone"} <= told["metrics"].keys()


def test_a_trained_release_proves_itself_and_answers_once_it_is_activated(active: Release, shop: Shop) -> None:
    release, _ = train(order(shop()))
    assert release.status == Release.Status.PUBLISHED
    activate(release, prove)
    assert release.status == Release.Status.ACTIVE


def test_photos_it_never_saw_get_the_right_name(active: Release, shop: Shop, tmp_path: Path) -> None:
    release, _ = train(order(shop()))
    manifest = loads(release.manifest.encode())
    loaded = Loader(model_store(), choose("cpu", "float32")).load(manifest)

    unseen = [draw(tmp_path / f"{sku}.png", colour, 999) for sku, colour in COLOURS.items()]
    photos = [ReferencePhoto(path, None, sha256(path.read_bytes())) for path in unseen]
    features = EmbeddingCache(tmp_path / "other").embeddings(photos, loaded, progress=False).features
    rows, _ = surest(loaded.head.probabilities(features), len(manifest.labels))
    assert [manifest.labels[row].name for row in rows] == list(COLOURS)


def test_negatives_teach_what_is_none_of_them(active: Release, shop: Shop, tmp_path: Path) -> None:
    for number in range(8):
        draw(tmp_path / "negatives" / f"{number}.jpg", (230, 230, 40), 500 + number)
    _, trained = train(order(shop(), negatives=tmp_path / "negatives"))
    assert trained.metrics["unknown_auroc"] == 1.0


def test_the_second_training_of_a_brand_is_its_second_version(active: Release, shop: Shop, tmp_path: Path) -> None:
    first, _ = train(order(shop()))
    draw(tmp_path / "photos" / "CLIFF_RED_1L" / "new.jpg", (210, 40, 40), 77)
    second, _ = train(order(tmp_path / "photos"))
    assert (str(first), str(second)) == ("CLIFFS/CLIFF@1", "CLIFFS/CLIFF@2")


def test_the_same_photos_give_the_same_release(active: Release, shop: Shop) -> None:
    assert train(order(shop()))[0] == train(order(shop()))[0]


def test_networks_are_shared_with_the_release_they_come_from(active: Release, shop: Shop, store: ModelStore) -> None:
    release, _ = train(order(shop()))
    own, others = (loads(one.manifest.encode()) for one in (release, active))
    assert own.detector == others.detector
    assert own.encoders == others.encoders


def test_a_draft_is_not_published(active: Release, shop: Shop) -> None:
    release, _ = train(order(shop(), draft=True))
    assert release.status == Release.Status.DRAFT


def test_embeddings_are_computed_once(active: Release, shop: Shop, settings: Settings) -> None:
    train(order(shop()))
    kept = {path: path.stat().st_mtime_ns for path in settings.EMBEDDING_CACHE.rglob("*.safetensors")}
    train(order(shop()))
    assert len(kept) == 18
    assert {path: path.stat().st_mtime_ns for path in settings.EMBEDDING_CACHE.rglob("*.safetensors")} == kept


def test_an_embedding_that_was_cut_off_is_computed_again(active: Release, shop: Shop, settings: Settings) -> None:
    before, _ = train(order(shop()))
    next(settings.EMBEDDING_CACHE.rglob("*.safetensors")).write_bytes(b"cut off")
    assert train(order(shop()))[0] == before


Spoil = Callable[[Path], object]
SPOILT: dict[str, tuple[Spoil, str]] = {
    "a folder that is not there": (lambda photos: photos.rename(photos.with_name("gone")), "is no folder"),
    "no folders in it": (
        lambda photos: [p.rename(photos.parent / p.name) for p in photos.iterdir()],
        "holds no folders",
    ),
    "an empty folder": (lambda photos: (photos / "CLIFF_GREY_1L").mkdir(), "Too few: CLIFF_GREY_1L (0)"),
    "a folder with one photo": (
        lambda photos: draw(photos / "CLIFF_GREY_1L" / "0.jpg", (90, 90, 90), 1),
        "Too few: CLIFF_GREY_1L (1)",
    ),
    "one SKU only": (
        lambda photos: [p.rename(photos.parent / p.name) for p in sorted(photos.iterdir())[1:]],
        "holds one SKU",
    ),
    "a photo that cannot be read": (
        lambda photos: (photos / "CLIFF_RED_1L" / "0.jpg").write_bytes(b"\xff\xd8\xff cut off"),
        "cannot be read",
    ),
    "the same photo of two SKUs": (
        lambda photos: (photos / "CLIFF_RED_1L" / "9.jpg").write_bytes(
            (photos / "CLIFF_BLUE_1L" / "0.jpg").read_bytes()
        ),
        "are the same photo of two SKUs",
    ),
    "a SKU called unknown": (
        lambda photos: (photos / "CLIFF_RED_1L").rename(photos / "Unknown"),
        "answers use the word",
    ),
    "two SKUs that differ in case": (
        lambda photos: draw_some(photos / "cliff_red_1l"),
        "differ only in case",
    ),
}


def draw_some(folder: Path) -> None:
    for number in range(3):
        draw(folder / f"{number}.jpg", (90, 90, 90), number)


@pytest.mark.parametrize("which", list(SPOILT))
def test_what_cannot_be_learnt_from_is_refused_in_words(active: Release, shop: Shop, which: str) -> None:
    spoil, words = SPOILT[which]
    photos = shop()
    spoil(photos)
    assert words in complaint(photos)
    assert Release.objects.count() == 1


@pytest.mark.parametrize(("category", "words"), [("x" * 300, "1 to 200 characters"), ("a\nb", "none of control")])
def test_names_that_cannot_be_are_refused(active: Release, shop: Shop, category: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("train_release", "--category", category, "--brand", "X", "--photos", str(shop()))


def test_names_in_arabic_and_names_like_paths_are_names(active: Release, shop: Shop) -> None:
    release, _ = train(Order("../x", "شيبس", shop()))
    assert str(release) == "../x/شيبس@1"


def test_without_any_release_it_says_what_is_missing(store: ModelStore, shop: Shop) -> None:
    assert "No release is active whose encoders could be used" in complaint(shop())


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--like", "NO/SUCH@1"], "There is no release NO/SUCH@1"),
        (["--detector", "nobody"], "There is no detector nobody"),
        (["--negatives", "/nowhere"], "is no folder"),
    ],
)
def test_what_is_named_and_not_there_is_refused(active: Release, shop: Shop, more: list[str], words: str) -> None:
    assert words in complaint(shop(), *more)
