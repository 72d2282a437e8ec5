"""Whole pictures: what a release says about each of its classes."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.asker import Asker
from inference.detector import as_tensor
from inference.device import Placement
from inference.engine import Engine
from inference.errors import ClientGone, DeadlineExceeded, QueueFull
from inference.file_store import FolderStore
from inference.loading import Loader, embed_whole
from inference.manifest import Manifest, ModelSet
from inference.results import Classification
from tests import tiny_release
from tests.inference.installed import bundle, engine, models
from tests.inference.test_engine import Busy
from tests.tiny_release import photo

CLASSES = ("apple", "orange", "unknown")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


def installed(store: Path, manifest: Manifest, folder: Path) -> ModelSet:
    for file in folder.glob("*.safetensors"):
        (store / file.name).write_bytes(file.read_bytes())
    return ModelSet(f"CLASSIFICATION/{manifest.brand}@1", manifest.digest(), manifest)


@pytest.fixture(scope="module")
def single(store: Path, tmp_path_factory: pytest.TempPathFactory) -> ModelSet:
    folder = tmp_path_factory.mktemp("single") / "bundle"
    return installed(store, tiny_release.write_classifier(folder, "one", "single_label", CLASSES), folder)


@pytest.fixture(scope="module")
def multi(store: Path, tmp_path_factory: pytest.TempPathFactory) -> ModelSet:
    folder = tmp_path_factory.mktemp("multi") / "bundle"
    return installed(store, tiny_release.write_classifier(folder, "two", "multi_label", ("dent",)), folder)


@pytest.fixture(scope="module")
def skus(store: Path) -> ModelSet:
    return models(bundle(store, "ONE", seed=1))


@pytest.fixture(scope="module")
def running(store: Path) -> Iterator[Engine]:
    started = engine(store)
    yield started
    started.close()


def classified(running: Engine, of: ModelSet, seed: int = 7) -> Classification:
    return running.classify(of, photo(seed=seed), time.monotonic() + 60)


def logits(store: Path, of: ModelSet, seed: int = 7) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """By hand, from the weights."""
    release = Loader(FolderStore(store), Placement(torch.device("cpu"), torch.float32)).load(of.manifest)
    features = embed_whole(release, [as_tensor(photo(seed=seed), torch.device("cpu"))]).numpy()
    answered: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = features @ release.head.weight.T + release.head.bias
    return answered[0]


def test_every_class_is_answered_in_the_order_of_the_release(running: Engine, single: ModelSet) -> None:
    assert classified(running, single).classes == CLASSES


def test_confidences_of_a_single_label_classifier_sum_to_one(running: Engine, single: ModelSet) -> None:
    assert sum(classified(running, single).confidences) == pytest.approx(1, abs=1e-5)


def test_a_class_may_be_called_unknown(running: Engine, single: ModelSet) -> None:
    assert "unknown" in classified(running, single).classes


def test_confidences_are_the_softmax_of_the_whole_picture(running: Engine, store: Path, single: ModelSet) -> None:
    weights = np.exp(logits(store, single))
    np.testing.assert_allclose(classified(running, single).confidences, weights / weights.sum(), atol=1e-4)


def test_the_only_tag_of_a_classifier_has_a_probability_of_its_own(
    running: Engine, store: Path, multi: ModelSet
) -> None:
    expected = 1 / (1 + np.exp(-logits(store, multi)))
    np.testing.assert_allclose(classified(running, multi).confidences, expected, atol=1e-4)


def test_a_sku_release_classifies_one_product(running: Engine, skus: ModelSet) -> None:
    answered = classified(running, skus)
    (facing,) = running.predict_product(skus, photo(), time.monotonic() + 60).facings
    assert (answered.classes, max(answered.confidences)) == (tiny_release.SKUS, pytest.approx(facing.sku_conf))


def test_the_answer_names_release_size_and_times(running: Engine, single: ModelSet) -> None:
    answered = classified(running, single)
    assert (answered.release, answered.size) == ("CLASSIFICATION/one@1", (320, 240))
    assert {"queue", "embed", "classify"} <= set(answered.timings)


def test_nothing_is_classified_after_its_deadline(running: Engine, single: ModelSet) -> None:
    classified(running, single)  # loaded
    with pytest.raises(DeadlineExceeded):
        running.classify(single, photo(), time.monotonic() - 1)


def test_nothing_is_classified_for_whoever_has_hung_up(running: Engine, single: ModelSet) -> None:
    classified(running, single)
    with Busy(running), pytest.raises(ClientGone):
        running.classify(single, photo(), time.monotonic() + 60, Asker(gone=lambda: True))


def test_a_queue_that_is_full_takes_no_picture(store: Path, single: ModelSet) -> None:
    small = engine(store, queue_size=1)
    try:
        small.preload(single)
        with ThreadPoolExecutor(1) as pool, Busy(small):
            waiting = pool.submit(classified, small, single)
            while small.figures().waiting + small.figures().begun == 0 and not waiting.done():
                time.sleep(0.01)
            with pytest.raises(QueueFull):
                classified(small, single)
    finally:
        small.close()


@pytest.mark.parametrize(
    ("classes", "confidences"), [(("a",), (1.1,)), (("a",), (-0.1,)), (("a", "b"), (1.0,)), ((), ())]
)
def test_what_is_no_classification_is_refused(classes: tuple[str, ...], confidences: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="confidence"):
        Classification("A/B@1", classes, confidences, (1, 1), {})
