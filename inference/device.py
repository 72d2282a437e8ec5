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
        half_type = torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
        return _faster(half_type, place)
    # Some CPUs run bfloat16 sixteen times as fast as float32, others seventy times as slowly: those
    # without instructions for it are not even measured, since a busy moment could decide wrongly.
    if not _has_bfloat16():
        return torch.float32
    return _faster(torch.bfloat16, place)


def _faster(half_type: torch.dtype, place: torch.device) -> torch.dtype:
    pairs = [(_seconds(half_type, place), _seconds(torch.float32, place)) for _ in range(12)]
    half, full = (min(times) for times in zip(*pairs, strict=True))
    return half_type if half * 1.5 < full else torch.float32


def _has_bfloat16() -> bool:
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def _seconds(dtype: torch.dtype, place: torch.device) -> float:
    """One matrix product as encoders have them: in smaller ones, what AMX wins is lost in the preparations."""
    rows = 512 if place.type == "cpu" else 16384  # as many as fill an accelerator
    crops = torch.ones(rows, 768, dtype=dtype, device=place)
    weights = torch.ones(768, 3072 if place.type == "cuda" else 768, dtype=dtype, device=place)
    _wait_for(place)
    start = time.perf_counter()
    crops @ weights
    _wait_for(place)
    return time.perf_counter() - start


def _wait_for(place: torch.device) -> None:
    if place.type == "cuda":
        torch.cuda.synchronize(place)
