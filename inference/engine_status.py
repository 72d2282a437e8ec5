"""How an engine says that it is well. Apart from the engine, so that reading it needs no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class EngineFigures:
    """What is in the engine at one moment. runtime: how the device is used, in words; memory, budget: bytes of all
    releases; releases: bytes that each shares with no other."""

    runtime: Mapping[str, str]
    waiting: int
    begun: int
    places: int
    memory: int
    budget: int
    releases: Mapping[str, int]


@dataclass(frozen=True)
class EngineStatus:
    """state: online, warming (loading its first release) or offline; round_trip_ms: None when offline,
    and when replicas are too busy to say; runtime: how the
    device is used."""

    state: str
    endpoint: str
    precision: str
    round_trip_ms: float | None
    runtime: Mapping[str, int] = field(default_factory=dict)
