"""How an engine says that it is well. Apart from the engine, so that reading it needs no torch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EngineStatus:
    """state: online, warming (loading its first release) or offline; round_trip_ms: None when offline."""

    state: str
    endpoint: str
    precision: str
    round_trip_ms: float | None
