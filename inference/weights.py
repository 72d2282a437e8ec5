"""Weight files: safetensors, from bytes whose digest has been checked. torch is only imported for tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from inference.errors import ReleaseRefused

if TYPE_CHECKING:
    from torch import Tensor

Array = NDArray[np.generic]


def tensors(data: bytes) -> dict[str, Tensor]:
    """Raises ReleaseRefused for bytes that are no safetensors."""
    import safetensors.torch

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
    import safetensors.torch

    return bytes(safetensors.torch.save({name: tensor.detach().cpu().contiguous() for name, tensor in named.items()}))
