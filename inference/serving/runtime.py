"""How a device is used: how many streams, and how much in one batch."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Runtime:
    """streams: threads that compute, each with `threads` of torch's; photos, crops: at most in one batch;
    idle_crops: in one batch of a photo that nobody waits for, since whoever comes waits for that batch."""

    streams: int
    threads: int
    photos: int
    crops: int
    idle_crops: int


def usual(device: torch.device) -> Runtime:
    """Before anything has been measured. A CPU may take a tenth of a second for each crop."""
    if device.type == "cpu":
        return Runtime(streams=1, threads=torch.get_num_threads(), photos=2, crops=64, idle_crops=4)
    return Runtime(streams=1, threads=torch.get_num_threads(), photos=8, crops=256, idle_crops=64)
