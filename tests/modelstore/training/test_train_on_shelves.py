"""A brand trained on labelled shelves, with the demo's own networks: drawn shelves, labelled as a tool would."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pytest_django import Settings

from demo.build_release import folder_of
from demo.catalogues import HIGEEN, JORDINA
from demo.reference_photo import take_reference
from demo.shelves import shelf
from inference.manifest import Manifest, loads, sha256
from inference.weights import arrays
from modelstore.errors import TrainingRefused
from modelstore.models import Release
from modelstore.onboarding.intake import take_in
from modelstore.onboarding.photo_checks import NewPhoto
from modelstore.proving import prove
from modelstore.publishing import activate, publish
from modelstore.store import ModelStore, model_store
from modelstore.training.train import Order, train
from tests.modelstore.onboarding.conftest import worked
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


@pytest.mark.audit
def test_a_sku_added_to_a_brand_of_shelves_is_refitted_with_them(demo: Release, labels: Path) -> None:
    """Sizes are learnt again; what stands on no shelf yet is judged by its photos, and lost by no refit."""
    release, _ = train(Order("DRINKS", "CLIFF", shelves=labels))
    activate(release, no_proof)
    photos = [_photo(number) for number in range(4)]
    row = worked(take_in(release.line, "SOAP_500ML", photos, "alice", as_large_as="JORDINA_APPLE_500ML"))
    assert row.prototype
    assert row.refit
    own, prototype = (loads(one.manifest.encode()) for one in (row.refit, row.prototype))
    assert own.labels == prototype.labels
    sizes = {label.name: sides for label, sides in zip(own.labels, _sides(own), strict=True)}
    assert sizes["SOAP_500ML"] == sizes["JORDINA_APPLE_500ML"]
    assert "trained anew on 13 photos" in row.notes[-2]
    assert "views of SOAP_500ML it names" in row.notes[-1]


def _sides(manifest: Manifest) -> list[list[float]]:
    """Whoever stood on a shelf has sizes."""
    return [
        [round(float(side), 5) for side in sides]
        for sides in arrays(store_file(manifest.head.weights))["sizes.log_sides"]
    ]


def _photo(number: int) -> NewPhoto:
    out = BytesIO()
    Image.fromarray(take_reference(HIGEEN.products[0].design, number)).save(out, "PNG")
    return NewPhoto(f"{number}.png", out.getvalue(), sha256(out.getvalue()))
