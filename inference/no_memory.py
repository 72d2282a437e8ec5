"""How it looks when the device, or the machine, has no memory left."""

from typing import Final

import torch

# What torch tells in words alone: of a CPU, of CUDA itself, and of the libraries on top of it.
WORDS: Final = ("allocate memory", "CUDA error: out of memory", "STATUS_ALLOC_FAILED")


def is_memory(error: Exception) -> bool:
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in WORDS)
