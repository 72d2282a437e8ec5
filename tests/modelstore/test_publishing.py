"""Publishing gives a bundle a version number, or changes nothing."""

import json
from pathlib import Path

import pytest

from modelstore.errors import PublishRefused
from modelstore.models import ModelLine, Release
from modelstore.publishing import publish
from modelstore.store import ModelStore
from tests.modelstore.conftest import Bundle, Published, stored_file


def test_the_first_release_is_version_one_and_not_active(published: Published) -> None:
    release = published()
    assert (str(release), release.status) == ("TINY/ONE@1", "published")


def test_versions_count_up(published: Published) -> None:
    assert [published(seed=seed).version for seed in range(3)] == [1, 2, 3]


def test_each_line_counts_for_itself(published: Published) -> None:
    assert [published(brand).version for brand in ("ONE", "TWO")] == [1, 1]


def test_the_same_bundle_twice_is_the_same_release(published: Published) -> None:
    first, _, again = published(seed=1), published(seed=2), published(seed=1)
    assert (again.pk, again.version) == (first.pk, 1)


def test_publishing_again_repairs_a_damaged_file(published: Published, store: ModelStore) -> None:
    digest = json.loads(published().manifest)["head"]["weights"]
    stored_file(store, digest).write_bytes(b"damaged")
    published()
    assert store.read(digest) != b"damaged"


def test_a_name_in_another_case_is_the_same_line(published: Published) -> None:
    assert [published("ONE", 1).version, published("one", 2).version] == [1, 2]
    assert ModelLine.objects.count() == 1


def test_networks_that_releases_share_are_stored_once(published: Published, store: ModelStore) -> None:
    def files() -> int:
        return len(list(Path(store.storage.path("")).rglob("*.safetensors")))

    published("ONE", 1)
    before = files()
    published("TWO", 2)
    assert files() == before + 2  # the other head, and its golden answers


@pytest.mark.parametrize("brand", ["../x", "../../etc/passwd", "/root", "a/b", "..", "مشروبات", "C:\\x"])
def test_a_name_never_becomes_a_path(published: Published, store: ModelStore, tmp_path: Path, brand: str) -> None:
    assert published(brand).line.brand == brand
    names = {file.stem for file in Path(store.storage.path("")).rglob("*") if file.is_file()}
    assert all(len(name) == 64 for name in names)


def broken(bundle: Bundle, **changes: object) -> Path:
    folder = bundle()
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, **changes}))
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(PublishRefused) as refused:
        publish(folder)
    assert Release.objects.count() == 0
    assert ModelLine.objects.count() == 0
    return str(refused.value)


def test_a_folder_that_is_no_bundle_is_refused(store: ModelStore, tmp_path: Path) -> None:
    assert "Give the folder that holds manifest.json" in refusal(tmp_path / "nowhere")


def test_a_manifest_that_cannot_be_read_is_refused(store: ModelStore, bundle: Bundle) -> None:
    folder = bundle()
    (folder / "manifest.json").write_text("{")
    assert "cannot be read" in refusal(folder)


def test_a_bundle_without_one_of_its_files_is_refused(store: ModelStore, bundle: Bundle) -> None:
    folder = bundle()
    next(folder.glob("*.safetensors")).unlink()
    assert "is missing" in refusal(folder)


def test_a_bundle_with_a_damaged_file_is_refused(store: ModelStore, bundle: Bundle) -> None:
    folder = bundle()
    next(folder.glob("*.safetensors")).write_bytes(b"")
    assert "is damaged" in refusal(folder)


@pytest.mark.parametrize("brand", ["", " ", "x" * 201, "a\0b"])
def test_a_brand_that_cannot_be_asked_for_is_refused(store: ModelStore, bundle: Bundle, brand: str) -> None:
    assert "1 to 200 characters" in refusal(broken(bundle, brand=brand))


def test_a_full_disk_is_told_and_leaves_nothing_visible(
    store: ModelStore, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = bundle()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert "No space left on device" in refusal(folder)
