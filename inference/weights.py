"""Weight files: safetensors, from bytes whose digest has been checked."""

from collections.abc import Mapping

import numpy as np
import safetensors
import safetensors.numpy
import safetensors.torch
from numpy.typing import NDArray
from torch import Tensor

from inference.errors import ReleaseRefused

Array = NDArray[np.generic]


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
