"""What is served and what is bare, in turn: the pace of a shared machine changes from one minute to the next."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Rounds:
    """Milliseconds an image, a pair for every round: over HTTP, and the networks alone around it."""

    served: tuple[float, ...]
    bare: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        return sorted(served / bare for served, bare in zip(self.served, self.bare, strict=True))

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)


def in_turn(served: Callable[[], float], bare: Callable[[], float], rounds: int) -> Rounds:
    """Each in milliseconds. What is bare is measured before and after, and counts with the mean."""
    alone = [bare()]
    busy = []
    for _ in range(rounds):
        busy.append(served())
        alone.append(bare())
    around = [(before + after) / 2 for before, after in pairwise(alone)]
    return Rounds(tuple(busy), tuple(around))
