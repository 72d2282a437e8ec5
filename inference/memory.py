"""How many bytes loaded releases hold."""

from collections import Counter
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np
import torch

from inference.loading import LoadedRelease


@dataclass(frozen=True)
class Memory:
    """shared: of networks that other releases may use, too; own: of the classifier and what belongs to it."""

    shared: int
    own: int


def memory_of(release: LoadedRelease) -> Memory:
    return Memory(sum(map(_weights, _networks(release))), _own(release))


class Ledger:
    """Bytes of releases that come and go; each network that several of them share counts once.

    They are weighed when they come, and nothing is when somebody reads it, for that happens under a lock that every
    request takes. Not for several threads at once.
    """

    def __init__(self) -> None:
        self.total = 0
        self.own: dict[str, int] = {}
        self._weights: dict[torch.nn.Module, int] = {}
        self._users = Counter[torch.nn.Module]()

    def add(self, digest: str, release: LoadedRelease) -> None:
        self.own[digest] = _own(release)
        self.total += self.own[digest]
        for network in _networks(release):
            if network not in self._users:
                self._weights[network] = _weights(network)
                self.total += self._weights[network]
            self._users[network] += 1

    def remove(self, digest: str, release: LoadedRelease) -> None:
        self.total -= self.own.pop(digest)
        for network in _networks(release):
            self._users[network] -= 1
            if not self._users[network]:
                del self._users[network]
                self.total -= self._weights.pop(network)


def _networks(release: LoadedRelease) -> list[torch.nn.Module]:
    return [release.detector.network, *(encoder.network for encoder in release.encoders)]


def _weights(network: torch.nn.Module) -> int:
    return sum(tensor.nbytes for tensor in (*network.parameters(), *network.buffers()))


def _own(release: LoadedRelease) -> int:
    return _arrays(release.head) + _arrays(release.context)


def _arrays(value: Any) -> int:
    """Of all arrays in a dataclass, however deep."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    return sum(_arrays(getattr(value, field.name)) for field in fields(value)) if is_dataclass(value) else 0
