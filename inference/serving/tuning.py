"""How a device is used best, found out by trying with the networks that serve, while nobody asks for anything.

What is found is kept for this device, this version of torch and this precision, so that the next start begins with it.
"""

import json
import logging
import platform
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import NamedTuple

import torch

from inference.device import Placement
from inference.loading import LoadedRelease
from inference.serving.runtime import THREADS, Runtime
from inference.serving.scheduler import Scheduler
from inference.serving.work import Work

WORTH_IT = 0.95
"""Another way is taken when it needs less than this share of the time: smaller differences are noise."""
PHOTO = (3, 960, 1280)
FACINGS = 16
"""Of each photo whose facings are known."""
TRIES = 2
SECONDS = 120.0
Idle = Callable[[], bool]
logger = logging.getLogger(__name__)


class Choices:
    """Kept in a folder, a file for each device, version and precision."""

    def __init__(self, folder: Path, placement: Placement) -> None:
        words = (_name(placement.device), torch.__version__, placement.precision, f"{THREADS} threads")
        self._file = folder / (re.sub(r"[^\w.+]+", "-", " ".join(words)) + ".json")

    def read(self) -> Runtime | None:
        """None where nothing has been tried yet, or where what was kept says nothing."""
        try:
            return Runtime(**json.loads(self._file.read_text())["runtime"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, chosen: Runtime, seconds: dict[Runtime, float]) -> None:
        """seconds: of everything that was tried. A folder that cannot be written costs the next start a trial."""
        tried = [{**asdict(runtime), "seconds": round(took, 4)} for runtime, took in seconds.items()]
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps({"runtime": asdict(chosen), "tried": tried}, indent=1))


def _name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else _processor()


def _processor() -> str:
    """As the system calls it: what is quickest on one is not on the next."""
    with suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return platform.machine()


def candidates(first: Runtime, device: torch.device) -> Iterator[Runtime]:
    """first: the way in use, which comes first."""
    yield first
    on_cpu = device.type == "cpu"
    for crops in (first.crops // 2, first.crops * 2, *(() if on_cpu else (first.crops * 4,))):
        yield replace(first, crops=crops)
    if on_cpu:
        cores = first.streams * first.threads
        for streams in {1, cores // 2, cores} - {0, first.streams}:
            yield replace(first, streams=streams, threads=cores // streams)
    yield replace(first, photos=first.photos * 2)


def best(
    release: LoadedRelease, first: Runtime, device: torch.device, idle: Idle
) -> tuple[Runtime, dict[Runtime, float]] | None:
    """The quickest way, and the seconds of each, none for what failed; None when somebody came meanwhile."""
    ways = list(candidates(first, device))
    load = Load.for_all(ways)
    seconds: dict[Runtime, float] = {}
    for runtime in ways:
        if not idle():
            return None
        try:
            took = _seconds(release, runtime, load, idle)
        except Exception:
            logger.warning("the device cannot be used like this: %s", asdict(runtime), exc_info=True)
            continue
        if took is None:
            return None
        seconds[runtime] = took
    quickest = min(seconds, key=lambda runtime: seconds[runtime], default=first)
    worth_it = first not in seconds or seconds[quickest] < WORTH_IT * seconds[first]
    return (quickest if worth_it else first), seconds


class Load(NamedTuple):
    """What every way computes: photos in which to find facings, and photos whose facings are known."""

    photos: int
    known: int

    @classmethod
    def for_all(cls, ways: Sequence[Runtime]) -> "Load":
        """Enough to fill the largest batch on every stream: with less, two ways would compute the same batches."""
        photos = max(way.photos * way.streams for way in ways)
        facings = max(way.crops * way.streams for way in ways)
        return cls(photos, -(-facings // FACINGS))


def _seconds(release: LoadedRelease, runtime: Runtime, load: Load, idle: Idle) -> float | None:
    scheduler = Scheduler(runtime, places=sum(load))
    try:
        taken = []
        for _ in range(TRIES + 1):  # the first one warms up
            if not idle():
                return None
            taken.append(_once(release, scheduler, load))
        return min(taken[1:])
    finally:
        scheduler.close()
        scheduler.join()


def _once(release: LoadedRelease, scheduler: Scheduler, load: Load) -> float:
    works = list(_works(release, load))
    began = time.monotonic()
    for work in works:
        scheduler.submit(work)
    for work in works:
        work.answer.result(SECONDS)
    return time.monotonic() - began


def _works(release: LoadedRelease, load: Load) -> Iterator[Work]:
    """Of noise. Those to be detected come first, so that they may share a batch."""
    noise = torch.randint(0, 255, PHOTO, dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    left = torch.arange(FACINGS) * (PHOTO[2] / FACINGS)
    boxes = torch.stack([left, torch.full_like(left, 100), left + 79, torch.full_like(left, 340)], dim=1)
    found = torch.cat([boxes, torch.ones(FACINGS, 1)], dim=1)
    for number in range(sum(load)):
        work = Work(release, noise, 0.99, time.monotonic() + SECONDS)
        if number >= load.photos:
            work.locate(found)
        yield work
