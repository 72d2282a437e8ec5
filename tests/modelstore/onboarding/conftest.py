"""A brand of five colours that was trained here, another whose photos are not here, and photos of a sixth colour."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from inference.manifest import loads, sha256
from modelstore.archive import packed, publish_archive
from modelstore.models import ModelLine, Onboarding, Release
from modelstore.onboarding.claim import Claim
from modelstore.onboarding.intake import take_in
from modelstore.onboarding.jobs import go_on
from modelstore.onboarding.photo_checks import NewPhoto
from modelstore.photo_store import photo_store
from modelstore.publishing import activate, publish_bundle, publish_draft
from modelstore.store import model_store
from modelstore.training.train import Order, train
from tests.modelstore.test_activation import no_proof
from tests.modelstore.training.conftest import Colour, active, draw, shop  # noqa: F401 - fixtures

BRAND: dict[str, Colour] = {
    "CLIFF_BLUE_1L": (30, 40, 200),
    "CLIFF_GREEN_1L": (30, 180, 40),
    "CLIFF_GREY_1L": (128, 128, 128),
    "CLIFF_RED_1L": (200, 30, 30),
    "CLIFF_WHITE_1L": (235, 235, 235),
}
YELLOW, PINK, RED = (230, 220, 40), (230, 60, 220), BRAND["CLIFF_RED_1L"]
Photos = Callable[..., list[NewPhoto]]
AddSku = Callable[..., Onboarding]


_kept: list[tuple[bytes, list[bytes]]] = []
"""The trained release as a zip, and its photos: training takes longer than most tests."""


@pytest.fixture
def trained(active: Release, shop: Callable[..., Path]) -> Release:  # noqa: F811
    """CLIFFS/CLIFF@1 answers, and its photos are kept here."""
    if not _kept:
        first, _ = train(Order("CLIFFS", "CLIFF", shop(5, BRAND)))
        _kept.append((packed(first).read(), [path.read_bytes() for path in shop(5, BRAND).rglob("*.jpg")]))
    archive, photos = _kept[0]
    for photo in photos:
        photo_store().write(photo)
    release = publish_archive(io.BytesIO(archive), "", "")
    publish_draft(release)
    activate(release, no_proof)
    return release


@pytest.fixture
def bundled(trained: Release) -> Release:
    """CLIFFS/BUNDLE@1 answers: the same, but nobody here knows what it learnt from."""
    bare = replace(loads(trained.manifest.encode()), brand="BUNDLE", report="")
    release = publish_bundle(bare.dumps(), model_store())
    activate(release, no_proof)
    return release


@pytest.fixture
def photos(tmp_path: Path) -> Photos:
    """So many photos of that colour."""

    def made(colour: Colour = YELLOW, count: int = 4, seed: int = 7000) -> list[NewPhoto]:
        paths = [draw(tmp_path / "new" / f"{seed + number}.png", colour, seed + number) for number in range(count)]
        data = [path.read_bytes() for path in paths]
        return [NewPhoto(path.name, one, sha256(one)) for path, one in zip(paths, data, strict=True)]

    return made


@pytest.fixture
def add_sku(photos: Photos, settings: Settings) -> AddSku:
    """Takes in a SKU of that colour; nothing is done about it yet."""

    def added(release: Release, sku: str = "CLIFF_YELLOW_1L", colour: Colour = YELLOW, **more: object) -> Onboarding:
        seed = 7000 + 50 * Onboarding.objects.count()
        return take_in(release.line, sku, photos(colour, seed=seed), "alice", **more)  # type: ignore[arg-type]

    return added


def work(row: Onboarding) -> Onboarding:
    """What a worker does when it is called once, without the thread that renews its hold."""
    claim = Claim.of(row.pk)
    if claim:
        go_on(claim)
    return Onboarding.objects.get(pk=row.pk)


def worked(row: Onboarding) -> Onboarding:
    """To the end, or to a person's decision."""
    while (row := work(row)).unfinished:
        pass
    return row


def answering(line: ModelLine) -> Release:
    return line.releases.get(status="active")


def skus(release: Release) -> list[str]:
    return [label.name for label in loads(release.manifest.encode()).labels]
