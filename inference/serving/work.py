"""One photo on its way through the networks."""

import time
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from inference.asker import NOBODY, Asker
from inference.errors import DeadlineExceeded
from inference.head import Floats
from inference.loading import LoadedRelease


@dataclass(frozen=True)
class Embedded:
    """found: float32 [N, 5], boxes in pixels of the photo and confidences; features: float32 [N, D];
    timings: milliseconds by stage."""

    found: Tensor
    features: Floats
    timings: dict[str, float]


@dataclass(eq=False)
class Work:
    """pixels: uint8 [3, H, W] of the upright photo; deadline: time.monotonic seconds; asker: who waits for it.

    Only the scheduler changes it, under its lock, but for `features` and `stages`, which belong to the stream that has
    the rows in hand. cost: seconds of the device so far, of which `charged` were its tenant's when it began; taken,
    embedded: how many of the facings found; in_hand: how many steps of streams have some of it.
    """

    release: LoadedRelease
    pixels: Tensor
    confidence: float
    deadline: float
    asker: Asker = NOBODY
    found: Tensor | None = None
    features: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    answer: "Future[Embedded]" = field(default_factory=Future)
    arrived: float = field(default_factory=time.monotonic)
    begun: float | None = None
    charged: float = 0.0
    cost: float = 0.0
    taken: int = 0
    embedded: int = 0
    in_hand: int = 0
    stages: dict[str, tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def of_product(cls, release: LoadedRelease, pixels: Tensor, deadline: float, asker: Asker = NOBODY) -> "Work":
        """Of a photo that one product fills: nothing is to be detected."""
        work = cls(release, pixels, 0.0, deadline, asker)
        work.locate(torch.tensor([[0.0, 0.0, pixels.shape[2], pixels.shape[1], 1.0]]))
        return work

    def move_to(self, device: torch.device) -> None:
        if self.pixels.device != device:
            self.pixels = self.pixels.to(device)

    def locate(self, found: Tensor) -> None:
        self.found = found
        self.features = np.zeros((len(found), self.release.length), np.float32)

    @property
    def flow(self) -> str:
        """Whose it is."""
        return self.asker.flow

    @property
    def open_rows(self) -> int:
        """Facings that have been found and that no stream has taken yet; none once nobody waits for them."""
        return 0 if self.found is None or self.over else len(self.found) - self.taken

    @property
    def complete(self) -> bool:
        return self.found is not None and self.embedded == len(self.found)

    def spend(self, stage: str, began: float) -> None:
        """A stage lasts from the beginning of its first batch to the end of its last."""
        first, _ = self.stages.get(stage, (began, began))
        self.stages[stage] = (min(first, began), time.monotonic())

    @property
    def over(self) -> bool:
        """Answered, or given up by whoever waited."""
        return self.answer.done()

    def finish(self) -> None:
        assert self.found is not None
        with suppress(InvalidStateError):  # given up in this moment
            self.answer.set_result(Embedded(self.found, self.features, self._timings()))

    def _timings(self) -> dict[str, float]:
        """What was not spent in a stage was spent waiting."""
        timings = {stage: (ended - began) * 1000 for stage, (began, ended) in self.stages.items()}
        waited = (time.monotonic() - self.arrived) * 1000 - sum(timings.values())
        return {"queue": max(0.0, waited), **timings}

    def fail(self, error: BaseException) -> None:
        with suppress(InvalidStateError):
            self.answer.set_exception(error)

    def let_go(self) -> None:
        """It is over. Whoever keeps its error keeps it, too, and would keep its pixels."""
        if self.answer.cancelled() or self.answer.exception() is not None:
            self.pixels = torch.zeros((3, 0, 0), dtype=torch.uint8)

    def expire(self) -> None:
        self.fail(DeadlineExceeded())
