"""A new SKU is taken in whole, or not at all."""

from pathlib import Path

import pytest

from modelstore.errors import OnboardingRefused
from modelstore.models import Onboarding, OnboardingPhoto, Release
from modelstore.onboarding.decisions import withdraw
from modelstore.onboarding.intake import take_in
from modelstore.photo_store import photo_store
from tests.modelstore.onboarding.conftest import AddSku, Photos


def refusal(release: Release, photos: Photos, sku: str) -> str:
    with pytest.raises(OnboardingRefused) as error:
        take_in(release.line, sku, photos(), "alice")
    return str(error.value)


def kept_files() -> list[Path]:
    return [path for path in Path(photo_store().storage.path(".")).rglob("*") if path.is_file()]


def test_photos_are_in_the_store_and_the_row_knows_them(trained: Release, add_sku: AddSku) -> None:
    row = add_sku(trained)
    assert row.photos.count() == 4
    assert all(photo_store().read(photo.digest) for photo in row.photos.all())


@pytest.mark.parametrize(
    ("sku", "words"),
    [
        ("", "No SKU can be called"),
        ("x" * 201, "1 to 200 characters"),
        ("a\nb", "none of control"),
        ("Unknown", "answers use the word"),
        ("cliff_red_1l", "has a SKU CLIFF_RED_1L already"),
        (" CLIFF_BLUE_1L ", "has a SKU CLIFF_BLUE_1L already"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_is_kept(
    trained: Release, photos: Photos, sku: str, words: str
) -> None:
    before = kept_files()
    assert words in refusal(trained, photos, sku)
    assert (kept_files(), Onboarding.objects.count(), OnboardingPhoto.objects.count()) == (before, 0, 0)


@pytest.mark.parametrize("sku", ["../x", "شيبس 1L", "<b>Cliff & Co</b>", "x" * 200])
def test_names_like_paths_in_arabic_or_of_200_characters_are_names(trained: Release, photos: Photos, sku: str) -> None:
    assert take_in(trained.line, sku, photos(), "alice").sku == sku


def test_a_sku_that_is_being_added_is_not_added_again(trained: Release, add_sku: AddSku, photos: Photos) -> None:
    add_sku(trained)
    assert "is being added to CLIFFS/CLIFF already" in refusal(trained, photos, "cliff_YELLOW_1l")


def test_one_that_was_withdrawn_may_be_added_again(trained: Release, add_sku: AddSku) -> None:
    withdraw(add_sku(trained), "alice")
    assert add_sku(trained).state == Onboarding.State.WAITING


def test_another_line_may_have_the_same_name(trained: Release, bundled: Release, add_sku: AddSku) -> None:
    assert add_sku(trained).sku == add_sku(bundled).sku


def test_a_photo_of_another_added_sku_is_refused(trained: Release, photos: Photos) -> None:
    take_in(trained.line, "CLIFF_YELLOW_1L", photos(), "alice")
    with pytest.raises(OnboardingRefused, match=r"7000\.png is a photo of CLIFF_YELLOW_1L already"):
        take_in(trained.line, "CLIFF_PINK_1L", photos(), "alice")


def test_a_line_without_an_active_release_says_so(trained: Release, photos: Photos) -> None:
    Release.objects.filter(line=trained.line).update(status="retired")
    assert "No release of CLIFFS/CLIFF is active" in refusal(trained, photos, "CLIFF_YELLOW_1L")


def test_a_full_disk_leaves_no_row(trained: Release, photos: Photos, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(data: bytes) -> str:
        raise OSError("No space left on device")

    monkeypatch.setattr(photo_store(), "write", full)
    assert "Make room" in refusal(trained, photos, "CLIFF_YELLOW_1L")
    assert Onboarding.objects.count() == 0
