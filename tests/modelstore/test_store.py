"""Files of releases are there whole or not at all, and are never called anything but their digest."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.files.storage import InMemoryStorage

from inference.manifest import sha256
from modelstore.store import ModelStore
from tests.modelstore.conftest import stored_file

DATA = b"weights" * 1000


def test_what_is_written_is_read(store: ModelStore) -> None:
    assert store.read(store.write(DATA)) == DATA


def test_a_file_that_is_there_is_left_alone(store: ModelStore) -> None:
    file = stored_file(store, store.write(DATA))
    before = file.stat()
    store.write(DATA)
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_damaged_file_is_repaired(store: ModelStore) -> None:
    stored_file(store, store.write(DATA)).write_bytes(DATA[:10])
    assert store.read(store.write(DATA)) == DATA


def test_many_writers_of_one_file_leave_one_file(store: ModelStore) -> None:
    with ThreadPoolExecutor(16) as pool:
        digests = set(pool.map(lambda _: store.write(DATA), range(64)))
    folder = stored_file(store, sha256(DATA)).parent
    assert (digests, [file.name for file in folder.iterdir()]) == ({sha256(DATA)}, [f"{sha256(DATA)}.safetensors"])


def test_a_missing_file_is_not_found(store: ModelStore) -> None:
    with pytest.raises(FileNotFoundError):
        store.read("0" * 64)


def test_a_failed_write_leaves_nothing(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        store.write(DATA)
    assert list(stored_file(store, sha256(DATA)).parent.iterdir()) == []


def test_a_storage_without_paths_serves_as_well() -> None:
    remote = ModelStore(InMemoryStorage())
    assert remote.read(remote.write(DATA)) == DATA
    assert remote.write(DATA) == sha256(DATA)
