"""How much memory releases may take where nobody has said so."""

import os
from pathlib import Path

import torch

SHARE = 0.5
"""The rest is for photos and batches, and on a CPU for the whole service."""
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def spare_memory(device: torch.device) -> int:
    """Bytes."""
    if device.type == "cuda":
        return int(SHARE * torch.cuda.get_device_properties(device).total_memory)
    return int(SHARE * min(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), _container_limit()))


def _container_limit() -> float:
    try:
        text = CGROUP_LIMIT.read_text().strip()
    except OSError:
        return float("inf")
    return int(text) if text.isdigit() else float("inf")
