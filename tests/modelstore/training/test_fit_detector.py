"""train_release --fit-detector: the release carries the better detector, and nothing is left of a run that failed."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from inference.bundle import Regression, write_bundle
from inference.manifest import loads
from modelstore.models import Release
from modelstore.proving import prove
from modelstore.publishing import activate, publish
from modelstore.store import ModelStore
from modelstore.training import train as training
from modelstore.training.base import base_for
from modelstore.training.held_out import every_third
from modelstore.training.reference_classifier import Trained
from modelstore.training.shelf_classifier import fit_shelves
from modelstore.training.train import Order, train
from tests import tiny_release
from tests.live_server import ROOT, Site
from tests.modelstore.conftest import Published
from tests.modelstore.test_activation import no_proof
from tests.modelstore.training.detector.drawn_shelves import labelled, packs

Output = pytest.CaptureFixture[str]
NAMES = ("--category", "FRUIT", "--brand", "CLIFF")


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return labelled(tmp_path_factory.mktemp("shelves"), 12)


@pytest.fixture(scope="module")
def packs_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release whose detector knows packs, and hardly anything round."""
    folder = tmp_path_factory.mktemp("bundles") / "packs"
    rng = np.random.default_rng(0)
    features = rng.normal(size=(6, 48)).astype(np.float32)
    regression = Regression(rng.normal(size=(3, 48)), rng.normal(size=3), features)
    write_bundle(folder, "PACKS", "ONE", tiny_release.SKUS, packs(128), tiny_release.encoders(), regression)
    return folder


@pytest.fixture
def base(store: ModelStore, packs_bundle: Path, tmp_path: Path, settings: Settings) -> Release:
    settings.EMBEDDING_CACHE = tmp_path / "embeddings"
    release = publish(packs_bundle)
    activate(release, no_proof)
    return release


def fitted(labels: Path, steps: int = 10) -> Order:
    return Order("FRUIT", "CLIFF", shelves=labels, fit_detector=True, detector_steps=steps)


def files(store: ModelStore) -> set[Path]:
    return set(Path(store.storage.path("")).rglob("*.safetensors*"))


def test_the_release_carries_the_fine_tuned_detector_and_says_what_it_is_worth(base: Release, labels: Path) -> None:
    release, trained = train(fitted(labels))
    manifest = loads(release.manifest.encode())
    assert manifest.detector.weights != packs(128).spec.weights
    assert manifest.metrics["detection_ap50"] > manifest.metrics["detection_ap50_before"] + 0.3
    assert manifest.metrics == trained.metrics
    assert trained.metrics["shelves"] == 12  # the detector at the start finds too little for any classifier
    activate(release, prove)


def test_the_classifier_holds_out_what_the_detector_did_not_learn_from(
    base: Release, labels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_out = []

    def watched(*material: Any, **more: Any) -> Trained:
        held_out.append(material[-1])
        return fit_shelves(*material, **more)

    monkeypatch.setattr(training, "fit_shelves", watched)
    train(fitted(labels))
    assert held_out == [every_third([True] * 12)]


def test_a_worse_detector_leaves_the_one_it_started_from(
    base: Release, labels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, _ = train(fitted(labels))
    monkeypatch.setattr("modelstore.training.detector.fit.PEAK_RATE", 0.01)
    order = Order("FRUIT", "OTHER", shelves=labels, detector=str(good), fit_detector=True, detector_steps=4)
    release, trained = train(order)
    assert loads(release.manifest.encode()).detector == loads(good.manifest.encode()).detector
    assert trained.metrics["detection_ap50"] == trained.metrics["detection_ap50_before"]


def test_a_chosen_detector_is_the_one_whose_crops_are_learnt_from(base: Release, published: Published) -> None:
    other = published()
    chosen = base_for("FRUIT", "OTHER", None, str(other))
    assert chosen.release == base
    assert chosen.loaded.detector.spec == chosen.detector.spec == loads(other.manifest.encode()).detector


def test_the_command_says_how_good_it_is_and_prints_one_line_of_json(
    base: Release, labels: Path, capsys: Output
) -> None:
    call_command(
        "train_release", *NAMES, "--shelves", str(labels), "--fit-detector", "--detector-steps", "10", "--json"
    )
    out, err = capsys.readouterr()
    (line,) = out.splitlines()
    assert json.loads(line)["metrics"]["detection_ap50"] > 0.3
    assert "Fine-tuning the detector on 8 photos: 10 steps on cpu, less than a minute." in err
    assert "The detector was fine-tuned: its AP50 on 4 photos it did not learn from is" in err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--photos", "photos", "--fit-detector"], "give --shelves LABELS as well"),
        (["--shelves", "labels.json", "--fit-detector", "--detector-steps", "0"], "--detector-steps is 1 to 100,000"),
        (["--shelves", "labels.json", "--detector-steps", "50"], "goes with --fit-detector"),
    ],
)
def test_options_that_make_no_sense_are_refused_in_words(base: Release, options: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("train_release", *NAMES, *options)


@pytest.mark.parametrize("photos", [1, 3])
def test_too_few_photos_are_refused_before_anything_is_tried(base: Release, tmp_path: Path, photos: int) -> None:
    with pytest.raises(CommandError, match=f"^{photos} of the shelf photos show .* 4 are needed to fit"):
        call_command("train_release", *NAMES, "--shelves", str(labelled(tmp_path, photos)), "--fit-detector")


def test_photos_that_are_all_the_same_are_refused(base: Release, tmp_path: Path) -> None:
    labels = labelled(tmp_path, 6)
    document = json.loads(labels.read_text())
    first = [entry for entry in document["annotations"] if entry["image_id"] == 0]
    document["annotations"] = [{**entry, "image_id": number} for number in range(6) for entry in first]
    labels.write_text(json.dumps(document))
    for number in range(1, 6):
        (tmp_path / f"{number}.jpg").write_bytes((tmp_path / "0.jpg").read_bytes())
    with pytest.raises(CommandError, match="are nearly the same"):
        call_command("train_release", *NAMES, "--shelves", str(labels), "--fit-detector")


def test_a_sku_that_only_photos_held_out_show_is_named_at_once(base: Release, tmp_path: Path) -> None:
    labels = labelled(tmp_path, 6)
    document = json.loads(labels.read_text())
    document["categories"].append({"id": 9, "name": "FIG"})
    next(entry for entry in document["annotations"] if entry["image_id"] == 2)["category_id"] = 9
    labels.write_text(json.dumps(document))
    with pytest.raises(CommandError, match="Too little is shown of FIG: only photos that are held out"):
        call_command("train_release", *NAMES, "--shelves", str(labels), "--fit-detector")


def test_a_full_disk_ends_in_words_and_leaves_nothing(
    base: Release, labels: Path, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(store)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(training, "write_bundle", full)
    with pytest.raises(CommandError, match=r"No space left on device\. Nothing was published\. Make room in"):
        call_command("train_release", *NAMES, "--shelves", str(labels), "--fit-detector", "--detector-steps", "6")
    assert files(store) == before
    assert Release.objects.count() == 1


@pytest.mark.audit
def test_a_run_that_is_killed_leaves_nothing(tiny_site: Site, labels: Path) -> None:
    before = kept(tiny_site)
    command = ["train_release", *NAMES, "--shelves", str(labels), "--fit-detector", "--detector-steps", "90000"]
    process = subprocess.Popen(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=tiny_site.environment, stderr=subprocess.PIPE
    )
    assert process.stderr
    read = b""
    while b"90000 steps on" not in read:
        read += os.read(process.stderr.fileno(), 4096) or pytest.fail(read.decode())
    process.send_signal(signal.SIGKILL)
    process.wait(20)
    process.stderr.close()
    assert kept(tiny_site) == before


def kept(site: Site) -> tuple[set[Path], list[Any]]:
    """Model files, and rows of releases."""
    with closing(sqlite3.connect(site.folder / "db.sqlite3")) as database:
        rows = database.execute("SELECT * FROM modelstore_release").fetchall()
    return {path for path in (site.folder / "models").rglob("*") if path.is_file()}, rows
