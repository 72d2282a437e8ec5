"""A report travels with its release, and is read with suspicion."""

import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from inference.errors import ReleaseRefused
from inference.manifest import loads
from inference.weights import arrays, packed
from modelstore.archive import packed as zipped
from modelstore.archive import publish_archive
from modelstore.evaluation.carried import report_of
from modelstore.evaluation.report import Learnt, report_from
from modelstore.models import Release
from modelstore.photo_store import photo_store
from modelstore.store import ModelStore
from modelstore.training.train import Order, train
from tests.modelstore.conftest import Published
from tests.modelstore.evaluation.reports import digest, report
from tests.modelstore.training.conftest import COLOURS, Shop

LEARNT = (Learnt(digest(7), "reference", "RED"), Learnt(digest(8), "shelf", None, ((0.0, 1.0, 2.0, 3.5, None),)))


def test_what_was_written_is_read() -> None:
    written = report([(0, 0), (1, 2), (-1, 0)], learnt=LEARNT)
    read = report_from(written.dumps())
    assert (read.kind, read.skus, read.metrics, read.learnt) == (
        written.kind, written.skus, written.metrics, written.learnt,
    )  # fmt: skip
    assert read.answers.photos == written.answers.photos
    for name in ("places", "truth", "best"):
        np.testing.assert_array_equal(getattr(read.answers, name), getattr(written.answers, name))
    np.testing.assert_allclose(read.answers.confidences, written.answers.confidences, atol=1e-3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("answers.best", np.full((3, 5), 9)),
        ("answers.truth", np.zeros(2, np.int64)),
        ("answers.best", np.zeros((3, 2), np.int64)),
        ("calibration.right", np.zeros(2, bool)),
        ("fingerprints", np.zeros((1, 768), np.uint8)),
        ("words", np.frombuffer(b'{"format": 2}', np.uint8)),
        ("words", np.frombuffer(b"no JSON", np.uint8)),
        ("words", np.frombuffer(b"[" * 100_000, np.uint8)),
        ("answers.photos", None),
        ("answers.truth", np.zeros(3)),
        ("answers.best", np.full((3, 5), -1)),
        ("answers.places", np.zeros(3, np.uint64)),
        ("answers.confidences", np.full((3, 5), np.nan, np.float32)),
        ("answers.confidences", np.full((3, 5), 7, np.float32)),
        ("calibration.confidences", np.full(3, -1.0)),
        ("calibration.weights", np.array([1.0, -1.0, 0.5])),
        ("calibration.weights", np.array([1.0, np.inf, 0.5])),
        ("calibration.weights", np.zeros(3)),
        ("calibration.weights", np.array([1.0, 1e9, 0.5])),
        ("calibration.known", np.ones(3)),
        ("fingerprints", np.zeros((2, 768), np.int8)),
    ],
)
def test_what_does_not_fit_is_refused(name: str, value: np.ndarray | None) -> None:  # type: ignore[type-arg]
    stored = arrays(report([(0, 0), (1, 2), (-1, 0)], learnt=LEARNT).dumps())
    changed = {key: array for key, array in stored.items() if key != name}
    if value is not None:
        changed[name] = value
    with pytest.raises(ReleaseRefused, match="Export the bundle again"):
        report_from(packed(changed))


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("kind", "hearsay"),
        ("skus", ["RED", "RED", "BLUE"]),
        ("skus", ["RED", "", "BLUE"]),
        ("skus", ["RED", "\ud800", "BLUE"]),
        ("skus", ["RED", "GR\0EEN", "BLUE"]),
        ("metrics", [1]),
        ("metrics", {"<b>": 1.0}),
        ("metrics", {"\ud800": 1.0}),
        ("learnt", [{"photo": "x", "use": "shelf", "sku": None, "boxes": [[10**400, 0, 1, 1, None]]}] * 2),
        ("learnt", [{"photo": "x", "use": "reference", "sku": ["RED"], "boxes": []}] * 2),
        ("asked", [{"photo": "x", "use": "reference", "sku": ["RED"], "boxes": []}]),
        ("learnt", [{"photo": "x", "use": "rumour", "sku": "RED", "boxes": []}] * 2),
        ("learnt", [{"photo": "x", "use": "shelf", "sku": None, "boxes": [[0, 0, 1, 1, {}]]}] * 2),
    ],
)
def test_words_that_make_no_sense_are_refused(word: str, value: object) -> None:
    stored = arrays(report([(0, 0), (1, 2), (-1, 0)], learnt=LEARNT).dumps())
    words = json.loads(stored["words"].tobytes()) | {word: value}
    changed = {**stored, "words": np.frombuffer(json.dumps(words).encode(), np.uint8)}
    with pytest.raises(ReleaseRefused, match="Export the bundle again"):
        report_from(packed(changed))


def test_a_report_of_no_answers_is_one() -> None:
    stored = arrays(report([(0, 0)]).dumps())
    empty = {
        name: array[:0] if name.startswith(("answers.", "calibration.")) else array for name, array in stored.items()
    }
    assert len(report_from(packed(empty)).answers) == 0


def test_a_trained_release_carries_its_report(active: Release, shop: Shop) -> None:
    release, trained = train(Order("CLIFFS", "CLIFF", shop()))
    found = report_of(release)
    assert found is not None
    assert (found.kind, found.skus, found.metrics) == ("cross-validation", tuple(sorted(COLOURS)), trained.metrics)
    assert len(found.answers) == len(found.learnt) == len(found.fingerprints) == 18


def test_the_photos_it_learnt_from_are_kept(active: Release, shop: Shop) -> None:
    photos = shop()
    found = report_of(train(Order("CLIFFS", "CLIFF", photos))[0])
    assert found is not None
    kept = {learnt.sku: photo_store().read(learnt.photo) for learnt in found.learnt}
    assert kept["CLIFF_RED_1L"] in {path.read_bytes() for path in (photos / "CLIFF_RED_1L").iterdir()}


def test_a_bundle_without_a_report_has_none(published: Published) -> None:
    release = published()
    assert report_of(release) is None
    assert '"report"' not in release.manifest


def test_it_travels_in_the_zip(active: Release, shop: Shop, store: ModelStore) -> None:
    release, _ = train(Order("CLIFFS", "CLIFF", shop()))
    archive = BytesIO(zipped(release).read())
    name = loads(release.manifest.encode()).report
    Path(store.storage.path(f"{name[:2]}/{name}.safetensors")).unlink()
    Release.objects.filter(pk=release.pk).update(status="retired")
    again = publish_archive(archive, "ann", "")
    assert report_of(again) is not None
