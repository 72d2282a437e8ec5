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


MOST_STREAMS = 8
# Of torch's, as the machine gives them. Streams set their own number, which every thread that begins later inherits.
THREADS = torch.get_num_threads()


def usual(device: torch.device) -> Runtime:
    """Before anything has been measured. A CPU may take a tenth of a second for each crop.

    Streams of one thread do more together than one stream of all threads: they never wait for each other.
    """
    if device.type == "cpu":
        streams = min(THREADS, MOST_STREAMS)
        return Runtime(streams, THREADS // streams, photos=1, crops=16, idle_crops=4)
    return Runtime(streams=1, threads=THREADS, photos=8, crops=256, idle_crops=64)
