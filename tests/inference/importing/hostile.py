"""Checkpoints that try to run something: each writes a canary if whoever reads it lets it."""

import builtins
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

Payload = Callable[[Path], Any]


class Reduced:
    """Pickles as a call of anything with anything."""

    def __init__(self, called: Callable[..., Any], *arguments: Any) -> None:
        self.call = (called, arguments)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.call


class StateSetter:
    """Runs when its state is restored."""

    def __init__(self, canary: Path) -> None:
        self.canary = str(canary)

    def __setstate__(self, state: dict[str, str]) -> None:
        Path(state["canary"]).touch()


class Made:
    """Runs when it is made."""

    def __new__(cls, canary: str) -> "Made":
        Path(canary).touch()
        return super().__new__(cls)

    def __getnewargs__(self) -> tuple[str]:
        return (self.canary,)


def made(canary: Path) -> Made:
    victim = object.__new__(Made)
    victim.canary = str(canary)  # type: ignore[attr-defined]
    return victim


PAYLOADS: dict[str, Payload] = {
    "os.system": lambda canary: Reduced(os.system, f"touch {canary}"),
    "builtins.eval": lambda canary: Reduced(builtins.eval, f"open({str(canary)!r}, 'w')"),
    "builtins.exec": lambda canary: Reduced(builtins.exec, f"open({str(canary)!r}, 'w')"),
    "builtins.open": lambda canary: Reduced(builtins.open, str(canary), "w"),
    "getattr": lambda canary: Reduced(getattr, canary, "name"),
    "torch.hub.load": lambda canary: Reduced(torch.hub.load, "owner/repository", "network"),
    "torch.load": lambda canary: Reduced(torch.load, str(canary)),
    "numpy.load": lambda canary: Reduced(__import__("numpy").load, str(canary)),
    "setstate": StateSetter,
    "new": made,
}


def archive(file: Path, pickled: bytes, members: dict[str, bytes] | None = None, compression: int = 0) -> Path:
    """A zip as torch makes them, around any pickle."""
    with zipfile.ZipFile(file, "w", compression) as members_of:
        for name, data in {"data.pkl": pickled, "byteorder": b"little", "version": b"3", **(members or {})}.items():
            members_of.writestr(f"best/{name}", data)
    return file


def pickled(value: Any, protocol: int = 2) -> bytes:
    return pickle.dumps(value, protocol)
