"""Where training computes, and with which numbers."""

from contextlib import AbstractContextManager

import torch


def device() -> torch.device:
    """CUDA when there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def autocast(where: torch.device) -> AbstractContextManager[object]:
    """bfloat16 on CUDA and on CPUs with instructions for it; without them it is many times slower than float32."""
    return torch.autocast(where.type, dtype=torch.bfloat16, enabled=_has_bfloat16(where))


def _has_bfloat16(where: torch.device) -> bool:
    if where.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
