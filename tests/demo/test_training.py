"""Every stage of the rebuild, a few steps of each: what one leaves, the next can use."""

from pathlib import Path

import numpy as np
import pytest
import torch

from demo import train_encoders
from demo.build_release import build, folder_of
from demo.catalogues import JORDINA, catalogues
from demo.crop_batches import batches as crop_batches
from demo.crop_store import Crops, load_crops
from demo.photo_batches import WINDOW, batches
from demo.train_detector import train
from demo.training_photos import numbers, render_all
from inference.bundle import Regression
from inference.file_store import FolderStore
from inference.manifest import loads


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    render_all(folder, 3, 1)
    return folder


@pytest.fixture(scope="module")
def crops(photos: Path) -> Crops:
    return load_crops(photos, None)


@pytest.fixture(scope="module")
def weights(photos: Path, crops: Crops, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    train(photos, folder, 0, 2, 2, 0)
    for name in train_encoders.STEPS:
        train_encoders.train(name, crops, folder, 2, 8, 0)
    return folder


def test_batches_of_photos_are_the_same_for_the_same_seed(photos: Path) -> None:
    first, second = (next(batches(sorted(photos.glob("*.jpg")), 2, 5, 0)) for _ in range(2))
    assert first["img"].shape == (2, 3, WINDOW, WINDOW)
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_boxes_of_a_batch_lie_inside_its_windows(photos: Path) -> None:
    boxes = next(batches(sorted(photos.glob("*.jpg")), 8, 6, 0))["bboxes"]
    assert len(boxes) > 8
    assert bool(((boxes[:, :2] - boxes[:, 2:] / 2 > -1e-6) & (boxes[:, :2] + boxes[:, 2:] / 2 < 1 + 1e-6)).all())


def test_batches_of_crops_have_the_size_that_is_asked_for(crops: Crops) -> None:
    pixels, labels = next(crop_batches(crops, 8, 112, 1, 0))
    assert (pixels.shape, labels.shape) == ((8, 3, 112, 112), (8,))
    assert 0 <= float(pixels.min()) <= float(pixels.max()) <= 255


def test_real_photos_are_classes_of_their_own(crops: Crops) -> None:
    real = np.full((5, 3, 160, 160), 200, np.uint8)
    with_real = Crops(crops.pixels, crops.labels, real, np.arange(5))
    _, labels = next(crop_batches(with_real, 10, 112, 1, 0))
    assert (labels >= len(numbers())).sum() == 2
    assert with_real.classes == len(numbers()) + 5


def test_a_run_that_was_cut_off_goes_on_where_it_stopped(photos: Path, weights: Path, tmp_path: Path) -> None:
    for file in weights.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    train(photos, tmp_path, 2, 3, 2, 0)
    assert (tmp_path / "detector.safetensors").read_bytes() != (weights / "detector.safetensors").read_bytes()


def test_what_was_trained_becomes_a_release_with_shared_networks(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two steps find nothing that a classifier could be fitted to: it alone is replaced.
    some = Regression(np.zeros((20, 448)), np.zeros(20), np.zeros((6, 448), np.float32), reject=True)
    monkeypatch.setattr("demo.build_release.fit", lambda *_: some)
    monkeypatch.setattr("demo.build_release.catalogues", lambda: (JORDINA,))
    build(weights, tmp_path, 1, 1, 1)
    manifest = loads((folder_of(JORDINA, tmp_path) / "manifest.json").read_bytes())
    assert all(FolderStore(folder_of(JORDINA, tmp_path)).read(digest) for digest in manifest.carried_files())
    assert len(list((tmp_path / "shared").iterdir())) == 6


def test_all_shipped_weights_together_stay_under_40_megabytes() -> None:
    files = [path for path in folder_of(JORDINA).parent.rglob("*") if path.is_file()]
    assert all((folder_of(catalogue) / "manifest.json").exists() for catalogue in catalogues())
    assert 1e6 < sum(path.stat().st_size for path in files) < 40e6
