"""Whole pictures in the engine of this process, and of a replica: the release that was named answers, or none."""

import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from inference.asker import Asker
from inference.errors import ReleaseRefused
from inference.manifest import ModelSet, loads
from inference.results import Options
from modelstore.catalogue import model_set
from modelstore.models import Release
from modelstore.publishing import activate, publish
from modelstore.store import ModelStore
from skuapi import engine
from skuapi.backends.local import LocalBackend
from skuapi.photo import Photo, opened
from skuapi.replica import answering
from skuapi.wire import replica
from skuapi.wire.replica import Ask
from tests import tiny_release
from tests.modelstore.conftest import bundle, published, store, stored_file  # noqa: F401 - fixtures

ASKER = Asker("tenant 7")


@pytest.fixture
def backend(store: ModelStore) -> Iterator[LocalBackend]:  # noqa: F811
    local = LocalBackend()
    yield local
    local.close()


@pytest.fixture
def photo() -> Photo:
    out = BytesIO()
    tiny_release.photo().save(out, "PNG")
    return opened(out.getvalue())


@pytest.fixture
def releases(store: ModelStore, tmp_path: Path) -> list[Release]:  # noqa: F811
    """Two of CLASSIFICATION/damage, which were active one after the other; the second is damaged."""
    found = []
    for seed in (1, 2):
        tiny_release.write_classifier(tmp_path / str(seed), "damage", "multi_label", ("dent", "severe"), seed)
        found.append(publish(tmp_path / str(seed)))
        activate(found[-1], lambda _: None)
    stored_file(store, loads(found[-1].manifest.encode()).head.golden).write_bytes(b"damaged")
    return found


def until() -> float:
    return time.monotonic() + 60


def named(release: Release) -> ModelSet:
    return model_set(Release.objects.select_related("line").get(pk=release.pk))


def test_a_picture_is_classified_by_the_release_that_is_named(
    backend: LocalBackend, photo: Photo, releases: list[Release]
) -> None:
    answered = backend.classify(named(releases[0]), photo, until(), ASKER)
    assert (answered.release, answered.classes) == ("CLASSIFICATION/damage@1", ("dent", "severe"))


def test_a_refused_release_is_replaced_by_none_and_staff_see_why(
    backend: LocalBackend, photo: Photo, releases: list[Release]
) -> None:
    with pytest.raises(ReleaseRefused):
        backend.classify(named(releases[1]), photo, until(), ASKER)
    releases[1].refresh_from_db()
    assert "damaged" in releases[1].refusal


def test_reading_a_shelf_would_have_taken_the_earlier_one(
    backend: LocalBackend, photo: Photo, releases: list[Release]
) -> None:
    assert backend.read(named(releases[1]), photo, Options(), until(), ASKER).release == "CLASSIFICATION/damage@1"


def test_a_replica_answers_the_same(
    backend: LocalBackend, photo: Photo, releases: list[Release], monkeypatch: pytest.MonkeyPatch
) -> None:
    models = named(releases[0])
    here = backend.classify(models, photo, until(), ASKER)
    monkeypatch.setattr(engine, "backend", lambda: backend)
    monkeypatch.setattr(answering, "close_old_connections", lambda: None)  # the test's own connection
    ask = Ask("classify", models.name, models.digest, 60, 0.5, 0.25, "tenant 7")
    told = answering.predicted(replica.encode_ask(ask), photo.data, lambda: False)
    assert (told["classes"], told["confidences"]) == (here.classes, pytest.approx(here.confidences))
