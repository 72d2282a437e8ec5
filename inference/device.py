"""Which device computes, in which precision: chosen by measuring, never by hoping."""

import time
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Placement:
    """device: where networks live; dtype: what the encoders compute in (detectors stay in float32)."""

    device: torch.device
    dtype: torch.dtype

    @property
    def precision(self) -> str:
        return str(self.dtype).removeprefix("torch.")


def choose(device: str = "auto", precision: str = "auto") -> Placement:
    """`auto` is CUDA when there is one; and the half precision that is faster there, else float32.

    Raises ValueError naming the setting when it cannot be had.
    """
    place = _device(device)
    if precision == "auto":
        return Placement(place, _fastest_dtype(place))
    names = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
    if precision not in names:
        raise ValueError(f"PRECISION must be auto, {', '.join(names)}; it is {precision!r}.")
    return Placement(place, names[precision])


def _device(name: str) -> torch.device:
    if name == "auto":
        name = "cuda:0" if torch.cuda.is_available() else "cpu"
    place = _parsed(name)
    if place.type == "cuda" and (place.index or 0) >= torch.cuda.device_count():
        raise ValueError(f"DEVICE asks for {name}, but no such device answers. Set DEVICE=cpu or auto.")
    return place


def _parsed(name: str) -> torch.device:
    try:
        place = torch.device(name)
    except RuntimeError as error:
        raise ValueError(f"DEVICE must be auto, cpu or cuda:N; it is {name!r}.") from error
    if place.type not in ("cpu", "cuda"):
        raise ValueError(f"DEVICE must be auto, cpu or cuda:N; it is {name!r}.")
    return place


def _fastest_dtype(place: torch.device) -> torch.dtype:
    if place.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    # Some CPUs run bfloat16 sixteen times as fast as float32, others seventy times as slowly: those
    # without instructions for it are not even measured, since a busy moment could decide wrongly.
    if not _has_bfloat16():
        return torch.float32
    pairs = [(_seconds(torch.bfloat16), _seconds(torch.float32)) for _ in range(12)]
    half, full = (min(times) for times in zip(*pairs, strict=True))
    return torch.bfloat16 if half * 1.5 < full else torch.float32


def _has_bfloat16() -> bool:
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def _seconds(dtype: torch.dtype) -> float:
    """One matrix product as encoders have them: in smaller ones, what AMX wins is lost in the preparations."""
    crops, weights = torch.ones(512, 768, dtype=dtype), torch.ones(768, 768, dtype=dtype)
    start = time.perf_counter()
    crops @ weights
    return time.perf_counter() - start
