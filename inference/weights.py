"""Weight files: safetensors, read once, checked against their digest before anything is built."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
import safetensors
import safetensors.numpy
import safetensors.torch
from numpy.typing import NDArray
from torch import Tensor

from inference.errors import ReleaseRefused
from inference.manifest import sha256

Array = NDArray[np.generic]


class FileStore(Protocol):
    """Where the files of bundles are kept: bytes by sha256."""

    def read(self, digest: str) -> bytes:
        """Raises FileNotFoundError when it is not there."""


class FolderStore:
    """A bundle as a folder: `<sha256>.safetensors` files beside `manifest.json`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, digest: str) -> bytes:
        return (self.folder / f"{digest}.safetensors").read_bytes()


def verified(store: FileStore, digest: str) -> bytes:
    """The bytes that are checked are the bytes that are used: the file is read once."""
    try:
        data = store.read(digest)
    except OSError as error:
        raise ReleaseRefused(f"File {digest[:12]}… is missing. Import the bundle again.") from error
    return matching(data, digest)


def matching(data: bytes, digest: str) -> bytes:
    if sha256(data) != digest:
        raise ReleaseRefused(f"File {digest[:12]}… is damaged: its digest differs. Import the bundle again.")
    return data


def tensors(data: bytes) -> dict[str, Tensor]:
    """Raises ReleaseRefused for bytes that are no safetensors."""
    try:
        return dict(safetensors.torch.load(data))
    except safetensors.SafetensorError as error:
        raise ReleaseRefused("A weight file is no safetensors. Import the bundle again.") from error


def arrays(data: bytes) -> dict[str, Array]:
    """Like `tensors`, as numpy arrays."""
    try:
        return dict(safetensors.numpy.load(data))
    except safetensors.SafetensorError as error:
        raise ReleaseRefused("A weight file is no safetensors. Import the bundle again.") from error


def packed(named: Mapping[str, Array]) -> bytes:
    """safetensors bytes. Contiguous first: Fortran-ordered arrays would be stored wrongly, silently."""
    return bytes(safetensors.numpy.save({name: np.ascontiguousarray(array) for name, array in named.items()}))


def packed_tensors(named: Mapping[str, Tensor]) -> bytes:
    return bytes(safetensors.torch.save({name: tensor.detach().cpu().contiguous() for name, tensor in named.items()}))
