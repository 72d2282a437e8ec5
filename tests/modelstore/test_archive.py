"""A release travels as a zip and arrives as it was; anything else is refused with a sentence, and leaves nothing."""

import io
import struct
import zipfile
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZipFile

import pytest
from pytest_django import Settings

from inference.manifest import loads
from modelstore.archive import packed, publish_archive
from modelstore.errors import PublishRefused
from modelstore.models import ModelLine, Release
from modelstore.proving import prove
from modelstore.publishing import activate, publish
from modelstore.store import ModelStore, model_store
from tests.modelstore.conftest import Bundle, Published
from tests.modelstore.test_activation import active, head_file
from tests.modelstore.test_audit_trail import trail

Members = dict[str, bytes]


@pytest.fixture
def members(bundle: Bundle) -> Members:
    """What a good zip holds, by name."""
    return {file.name: file.read_bytes() for file in bundle().iterdir()}


def zipped(members: Members, compression: int = ZIP_DEFLATED) -> io.BytesIO:
    file = io.BytesIO()
    with ZipFile(file, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file


def received(file: io.BytesIO) -> Release:
    return publish_archive(file, "mona", "Uploaded.")


def files_of(store: ModelStore) -> list[Path]:
    return [file for file in Path(store.storage.path("")).rglob("*") if file.is_file()]


def refusal(store: ModelStore, file: io.BytesIO) -> str:
    with pytest.raises(PublishRefused) as refused:
        received(file)
    assert [*Release.objects.all(), *ModelLine.objects.all(), *files_of(store)] == []
    return str(refused.value)


def test_a_release_arrives_on_another_installation_as_it_was(
    published: Published, store: ModelStore, tmp_path: Path, settings: Settings
) -> None:
    release = published()
    carried = io.BytesIO(packed(release).read())
    elsewhere = {**settings.STORAGES["models"], "OPTIONS": {"location": tmp_path / "elsewhere"}}
    settings.STORAGES = {**settings.STORAGES, "models": elsewhere}
    model_store.cache_clear()
    release.events.all().delete()
    Release.objects.all().delete()
    arrived = received(carried)
    assert (arrived.status, arrived.digest, arrived.manifest) == ("draft", release.digest, release.manifest)
    publish(_unpacked(carried, tmp_path / "unpacked"))
    arrived.refresh_from_db()
    activate(arrived, prove)
    assert active() == ["TINY/ONE@1"]


def _unpacked(file: io.BytesIO, folder: Path) -> Path:
    """By hand, a downloaded zip is a bundle folder as well."""
    ZipFile(file).extractall(folder)
    return folder


def test_an_upload_is_in_the_audit_trail(store: ModelStore, members: Members) -> None:
    received(zipped(members))
    assert trail() == ["TINY/ONE@1 drafted by mona: Uploaded."]


def test_the_same_release_is_always_the_same_zip(published: Published) -> None:
    release = published()
    assert packed(release).read() == packed(release).read()


def test_what_is_here_already_stays_as_it_is(store: ModelStore, members: Members, published: Published) -> None:
    activate(published(), prove)
    assert received(zipped(members)).status == "active"


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "..\\x", "a/manifest.json", "evil.pt", "م.txt"])
def test_a_name_that_leads_elsewhere_is_refused(store: ModelStore, members: Members, name: str) -> None:
    assert "which is no part of a bundle" in refusal(store, zipped({**members, name: b"x"}))


def test_a_wrong_digest_is_refused(store: ModelStore, members: Members) -> None:
    name = sorted(members)[0]
    assert "is damaged: its digest differs" in refusal(store, zipped({**members, name: members[name] + b"x"}))


@pytest.mark.parametrize("number", range(3))
def test_a_missing_file_is_refused(store: ModelStore, members: Members, number: int) -> None:
    del members[sorted(name for name in members if name != "manifest.json")[number]]
    assert "is missing" in refusal(store, zipped(members))


def test_a_file_that_the_manifest_does_not_name_is_refused(store: ModelStore, members: Members) -> None:
    assert "which its manifest does not name" in refusal(store, zipped({**members, f"{'0' * 64}.safetensors": b"x"}))


def test_a_zip_without_a_manifest_is_refused(store: ModelStore, members: Members) -> None:
    del members["manifest.json"]
    assert "holds no manifest.json" in refusal(store, zipped(members))


@pytest.mark.parametrize("document", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"format": 1}'])
def test_a_manifest_that_is_none_is_refused(store: ModelStore, members: Members, document: bytes) -> None:
    assert "manifest cannot be read" in refusal(store, zipped({**members, "manifest.json": document}))


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all" * 100, b"PK\x05\x06" + bytes(17)])
def test_what_is_no_zip_is_refused(store: ModelStore, data: bytes) -> None:
    assert "no zip" in refusal(store, io.BytesIO(data))


def test_an_empty_zip_is_refused(store: ModelStore) -> None:
    assert "holds no manifest.json" in refusal(store, zipped({}))


@pytest.mark.parametrize("cut", [10, 1000, 20_000])
def test_a_zip_that_was_cut_off_is_refused(store: ModelStore, members: Members, cut: int) -> None:
    assert "no zip" in refusal(store, io.BytesIO(zipped(members).getvalue()[:-cut]))


@pytest.mark.parametrize("place", [60, 3000, 30_000])
def test_a_zip_with_a_changed_byte_is_refused(store: ModelStore, members: Members, place: int) -> None:
    data = bytearray(zipped(members).getvalue())
    data[place] ^= 0xFF
    assert refusal(store, io.BytesIO(bytes(data)))


def test_a_zip_that_holds_a_file_twice_is_refused(store: ModelStore, members: Members) -> None:
    file = zipped(members)
    with pytest.warns(UserWarning, match="Duplicate"), ZipFile(file, "a") as archive:
        archive.writestr("manifest.json", b"{}")
    assert "holds a file twice" in refusal(store, file)


def test_an_unusual_packing_is_refused(store: ModelStore, members: Members) -> None:
    assert "packed in an unusual way" in refusal(store, zipped(members, ZIP_LZMA))


def test_an_encrypted_zip_is_refused(store: ModelStore, members: Members) -> None:
    data = bytearray(zipped(members).getvalue())
    for mark, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.find(mark) + flags] |= 1
    assert "is encrypted" in refusal(store, io.BytesIO(bytes(data)))


def test_a_bomb_is_refused_before_it_is_unpacked(store: ModelStore, members: Members) -> None:
    bomb = {f"{number:064x}.safetensors": bytes(32 * 2**20) for number in range(4)}
    assert "20 times as large" in refusal(store, zipped({**members, **bomb}))


def test_a_bundle_above_the_limit_is_refused_with_the_setting_that_allows_more(
    store: ModelStore, members: Members, settings: Settings
) -> None:
    settings.MAX_BUNDLE_BYTES = 10_000
    assert "MAX_BUNDLE_BYTES allows more" in refusal(store, zipped(members))


def test_an_immense_manifest_is_refused(store: ModelStore, members: Members) -> None:
    assert "larger than 16 MiB" in refusal(store, zipped({**members, "manifest.json": bytes(17 * 2**20)}))


def test_a_size_that_lies_is_refused_and_no_more_than_it_is_unpacked(store: ModelStore, members: Members) -> None:
    name = max(members, key=lambda name: len(members[name]))
    data = bytearray(zipped(members).getvalue())
    entry = data.find(name.encode(), data.find(b"PK\x01\x02")) - 46
    data[entry + 24 : entry + 28] = struct.pack("<I", 10)  # the uncompressed size in the directory
    assert "is damaged" in refusal(store, io.BytesIO(bytes(data)))


def test_a_directory_of_a_million_files_is_refused_before_it_is_read(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    monkeypatch.setattr(zipfile.ZipFile, "_RealGetContents", lambda self: read.append(self))
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, 90_000_000, 0, 0)
    assert "far more files" in refusal(store, io.BytesIO(bytes(100) + end))
    assert read == []


def test_a_full_disk_leaves_no_row(store: ModelStore, members: Members, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert "No space left on device" in refusal(store, zipped(members))


def test_a_damaged_release_is_not_handed_on(published: Published, store: ModelStore) -> None:
    from inference.errors import ReleaseRefused

    release = published()
    head_file(store, release).write_bytes(b"damaged")
    with pytest.raises(ReleaseRefused, match="is damaged"):
        packed(release)


def test_a_zip_holds_every_file_that_the_manifest_carries(published: Published) -> None:
    release = published()
    manifest = loads(release.manifest.encode())
    with ZipFile(packed(release)) as archive:
        assert set(archive.namelist()) == {"manifest.json"} | {f"{d}.safetensors" for d in manifest.carried_files()}
