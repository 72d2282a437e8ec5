"""Weight files that are damaged, cut off, missing or something else are refused with a sentence."""

from pathlib import Path

import numpy as np
import pytest
import torch

from inference.errors import ReleaseRefused
from inference.file_store import FolderStore, verified
from inference.manifest import sha256
from inference.weights import arrays, packed, packed_tensors, tensors

WEIGHTS = packed({"weight": np.arange(12, dtype=np.float32).reshape(3, 4)})
DIGEST = sha256(WEIGHTS)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    (tmp_path / f"{DIGEST}.safetensors").write_bytes(WEIGHTS)
    return FolderStore(tmp_path)


def stored_file(store: FolderStore) -> Path:
    return store.folder / f"{DIGEST}.safetensors"


def test_a_whole_file_is_read(store: FolderStore) -> None:
    assert verified(store, DIGEST) == WEIGHTS


@pytest.mark.parametrize(
    "contents",
    [WEIGHTS[:-1], b"", WEIGHTS + b"\0", WEIGHTS[:-1] + b"\1"],
    ids=["cut off", "empty", "one byte more", "one byte other"],
)
def test_a_damaged_file_is_refused(store: FolderStore, contents: bytes) -> None:
    stored_file(store).write_bytes(contents)
    with pytest.raises(ReleaseRefused, match=r"damaged: its digest differs. Import the bundle again"):
        verified(store, DIGEST)


def test_a_missing_file_is_refused(store: FolderStore) -> None:
    stored_file(store).unlink()
    with pytest.raises(ReleaseRefused, match=r"missing. Import the bundle again"):
        verified(store, DIGEST)


def test_a_folder_in_place_of_the_file_is_refused(store: FolderStore) -> None:
    stored_file(store).unlink()
    stored_file(store).mkdir()
    with pytest.raises(ReleaseRefused):
        verified(store, DIGEST)


def test_a_link_to_another_file_is_refused(store: FolderStore, tmp_path: Path) -> None:
    other = tmp_path / "secret"
    other.write_text("something else")
    stored_file(store).unlink()
    stored_file(store).symlink_to(other)
    with pytest.raises(ReleaseRefused, match="damaged"):
        verified(store, DIGEST)


@pytest.mark.parametrize("read", [tensors, arrays])
@pytest.mark.parametrize("contents", [b"", b"PK\x03\x04 a zip of pickles", WEIGHTS[:20], b"\xff" * 64, b"{}" * 30])
def test_bytes_that_are_no_safetensors_are_refused(read: object, contents: bytes) -> None:
    with pytest.raises(ReleaseRefused, match="no safetensors"):
        read(contents)  # type: ignore[operator]


def test_a_pickle_is_refused_unread(tmp_path: Path) -> None:
    torch.save({"weight": torch.ones(3)}, tmp_path / "weights.pt")
    with pytest.raises(ReleaseRefused, match="no safetensors"):
        tensors((tmp_path / "weights.pt").read_bytes())


def test_fortran_ordered_arrays_are_stored_as_they_are() -> None:
    array = np.asfortranarray(np.arange(12, dtype=np.float32).reshape(3, 4))
    np.testing.assert_array_equal(arrays(packed({"a": array}))["a"], array)


def test_transposed_tensors_are_stored_as_they_are() -> None:
    tensor = torch.arange(12.0).reshape(3, 4).T
    assert torch.equal(tensors(packed_tensors({"a": tensor}))["a"], tensor)
