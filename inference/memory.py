"""How many bytes loaded releases hold."""

from collections.abc import Iterable
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
    return Memory(sum(map(_weights, _networks(release))), _arrays(release.head) + _arrays(release.context))


def memory_together(releases: Iterable[LoadedRelease]) -> int:
    """Each network that several of them share counts once."""
    held = list(releases)
    networks = {id(network): network for release in held for network in _networks(release)}
    return sum(map(_weights, networks.values())) + sum(memory_of(release).own for release in held)


def _networks(release: LoadedRelease) -> list[torch.nn.Module]:
    return [release.detector.network, *(encoder.network for encoder in release.encoders)]


def _weights(network: torch.nn.Module) -> int:
    return sum(tensor.nbytes for tensor in (*network.parameters(), *network.buffers()))


def _arrays(value: Any) -> int:
    """Of all arrays in a dataclass, however deep."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    return sum(_arrays(getattr(value, field.name)) for field in fields(value)) if is_dataclass(value) else 0
