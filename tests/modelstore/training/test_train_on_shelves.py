"""A brand trained on labelled shelves, with the demo's own networks: drawn shelves, labelled as a tool would."""

import json
from pathlib import Path

import pytest
from PIL import Image
from pytest_django import Settings

from demo.build_release import folder_of
from demo.catalogues import JORDINA
from demo.shelves import shelf
from inference.manifest import loads
from inference.weights import arrays
from modelstore.errors import TrainingRefused
from modelstore.models import Release
from modelstore.proving import prove
from modelstore.publishing import activate, publish
from modelstore.store import ModelStore, model_store
from modelstore.training.train import Order, train
from tests.modelstore.test_activation import no_proof

SHELVES = 9


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A COCO file of a few rendered shelves, on which rivals have no label."""
    folder = tmp_path_factory.mktemp("shelves")
    images, annotations = [], []
    for number in range(SHELVES):
        photo = shelf(JORDINA, "training", 300 + number)
        Image.fromarray(photo.image).save(folder / f"{number}.jpg", quality=92)
        images.append({"id": number, "file_name": f"{number}.jpg"})
        for facing in photo.facings:
            if facing.sku:
                x1, y1, x2, y2 = map(float, facing.box)
                row = JORDINA.skus.index(facing.sku)
                box = {"bbox": [x1, y1, x2 - x1, y2 - y1], "image_id": number, "category_id": row}
                annotations.append({"id": len(annotations), **box})
    categories = [{"id": row, "name": sku} for row, sku in enumerate(JORDINA.skus)]
    document = {"images": images, "categories": categories, "annotations": annotations}
    (folder / "labels.json").write_text(json.dumps(document))
    return folder / "labels.json"


@pytest.fixture
def demo(store: ModelStore, tmp_path: Path, settings: Settings) -> Release:
    settings.EMBEDDING_CACHE = tmp_path / "embeddings"
    release = publish(folder_of(JORDINA))
    activate(release, no_proof)
    return release


def test_shelves_give_a_sound_release_with_sizes_and_figures(demo: Release, labels: Path) -> None:
    release, trained = train(Order("DRINKS", "CLIFF", shelves=labels))
    activate(release, prove)
    manifest = loads(release.manifest.encode())
    assert {label.name for label in manifest.labels} <= set(JORDINA.skus)
    assert trained.metrics["top1"] > 0.6
    assert trained.metrics["unknown_auroc"] > 0.7
    assert "sizes.log_sides" in arrays(store_file(manifest.head.weights))


def store_file(digest: str) -> bytes:
    return model_store().read(digest)


def test_too_few_shelves_are_refused(demo: Release, labels: Path, tmp_path: Path) -> None:
    document = json.loads(labels.read_text())
    document["images"] = document["images"][:2]
    document["annotations"] = [entry for entry in document["annotations"] if entry["image_id"] < 2]
    for number in range(2):
        (tmp_path / f"{number}.jpg").write_bytes((labels.parent / f"{number}.jpg").read_bytes())
    (tmp_path / "few.json").write_text(json.dumps(document))
    with pytest.raises(TrainingRefused, match="2 shelf photos; 4 are needed"):
        train(Order("DRINKS", "CLIFF", shelves=tmp_path / "few.json"))


def test_nothing_to_learn_from_is_refused(demo: Release) -> None:
    with pytest.raises(TrainingRefused, match="nothing to learn from"):
        train(Order("DRINKS", "CLIFF"))
