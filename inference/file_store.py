"""The files of releases: bytes by sha256, read once and checked before anything is built. Needs no torch."""

from pathlib import Path
from typing import Protocol

from inference.errors import ReleaseRefused, WeightsMissing
from inference.manifest import sha256


class FileStore(Protocol):
    """Where the files of bundles are kept: bytes by sha256."""

    def read(self, digest: str) -> bytes:
        """Raises FileNotFoundError when it is not there."""


SHARED = "shared"


class FolderStore:
    """A bundle as a folder: `<sha256>.safetensors` files beside `manifest.json`.

    Bundles that lie side by side may keep what they have in common in a folder `shared` beside them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, digest: str) -> bytes:
        name = f"{digest}.safetensors"
        shared = self.folder.parent / SHARED / name
        return (shared if shared.exists() else self.folder / name).read_bytes()


def verified(store: FileStore, digest: str) -> bytes:
    """The bytes that are checked are the bytes that are used: the file is read once.

    Raises WeightsMissing; ReleaseRefused for other bytes than were released.
    """
    try:
        data = store.read(digest)
    except OSError as error:
        raise WeightsMissing(f"File {digest[:12]}… is missing. Import the bundle again.") from error
    if sha256(data) != digest:
        raise ReleaseRefused(f"File {digest[:12]}… is damaged: its digest differs. Import the bundle again.")
    return data
