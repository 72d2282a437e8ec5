"""How a device is used best, found out by trying with the networks that serve, while nobody asks for anything.

What is found is kept for this device, this version of torch and this precision, so that the next start begins with it.
"""

import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

import torch

from inference.device import Placement
from inference.loading import LoadedRelease
from inference.serving.runtime import Runtime, usual
from inference.serving.scheduler import Scheduler
from inference.serving.work import Work

WORTH_IT = 0.95
"""Another way is taken when it needs less than this share of the time: smaller differences are noise."""
PHOTO = (3, 960, 1280)
FACINGS = 16
"""Of each photo that is tried, two for each stream."""
TRIES = 2
SECONDS = 120.0
Idle = Callable[[], bool]
logger = logging.getLogger(__name__)


class Choices:
    """Kept in a folder, a file for each device, version and precision."""

    def __init__(self, folder: Path, placement: Placement) -> None:
        words = (_name(placement.device), torch.__version__, placement.precision, f"{os.cpu_count()} cores")
        self._file = folder / (re.sub(r"[^\w.+]+", "-", " ".join(words)) + ".json")

    def read(self) -> Runtime | None:
        """None where nothing has been tried yet, or where what was kept says nothing."""
        try:
            return Runtime(**json.loads(self._file.read_text())["chosen"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, chosen: Runtime, seconds: dict[Runtime, float]) -> None:
        """seconds: of everything that was tried. A folder that cannot be written costs the next start a trial."""
        tried = [{**asdict(runtime), "seconds": round(took, 4)} for runtime, took in seconds.items()]
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps({"chosen": asdict(chosen), "tried": tried}, indent=1))


def _name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"


def candidates(device: torch.device) -> Iterator[Runtime]:
    """The usual way first."""
    first = usual(device)
    yield first
    for crops in (first.crops // 2, first.crops * 2, first.crops * 4):
        yield replace(first, crops=crops)
    if device.type == "cpu":
        cores = first.streams * first.threads
        for streams in {1, cores // 2, cores} - {0, first.streams}:
            yield replace(first, streams=streams, threads=cores // streams)
    yield replace(first, photos=first.photos * 2)


def best(release: LoadedRelease, device: torch.device, idle: Idle) -> tuple[Runtime, dict[Runtime, float]] | None:
    """The quickest way, and the seconds of each; None when somebody came meanwhile."""
    seconds: dict[Runtime, float] = {}
    for runtime in candidates(device):
        took = _seconds(release, runtime, idle)
        if took is None:
            return None
        seconds[runtime] = took
    first, quickest = next(iter(seconds)), min(seconds, key=lambda runtime: seconds[runtime])
    return (quickest if seconds[quickest] < WORTH_IT * seconds[first] else first), seconds


def _seconds(release: LoadedRelease, runtime: Runtime, idle: Idle) -> float | None:
    """For the same number of photos and facings, whatever the number of streams."""
    scheduler = Scheduler(runtime, places=64)
    try:
        taken = []
        for _ in range(TRIES + 1):  # the first one warms up
            if not idle():
                return None
            taken.append(_once(release, scheduler))
        return min(taken[1:])
    finally:
        scheduler.close()
        scheduler.join()


def _once(release: LoadedRelease, scheduler: Scheduler) -> float:
    works = list(_works(release))
    began = time.monotonic()
    for work in works:
        scheduler.submit(work)
    for work in works:
        work.answer.result(SECONDS)
    return time.monotonic() - began


def _works(release: LoadedRelease) -> Iterator[Work]:
    """Of noise: some in which facings are to be found, and some whose facings are known."""
    noise = torch.randint(0, 255, PHOTO, dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    left = torch.arange(FACINGS) * (PHOTO[2] / FACINGS)
    boxes = torch.stack([left, torch.full_like(left, 100), left + 79, torch.full_like(left, 340)], dim=1)
    found = torch.cat([boxes, torch.ones(FACINGS, 1)], dim=1)
    for _ in range(2):
        yield Work(release, noise, 0.99, time.monotonic() + SECONDS)
        known = Work(release, noise, 0.0, time.monotonic() + SECONDS)
        known.locate(found)
        yield known
