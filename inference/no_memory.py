"""How it looks when the device, or the machine, has no memory left."""

import torch


def is_memory(error: Exception) -> bool:
    """On a CPU, torch tells so in words alone."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and "allocate memory" in str(error)
