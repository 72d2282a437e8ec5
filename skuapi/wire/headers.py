"""What the headers of a prediction say beside its body. Header values hold printable ASCII only."""

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote

STAGES: Final = ("decode", "queue", "detect", "embed", "classify", "annotate")
LONGEST_WARNING = 500
_PLAIN = " !#$&'()*+,/:;=?@[]"


def of_answer(release: str, timings: Mapping[str, float], ignored: Iterable[str]) -> dict[str, str]:
    """timings: milliseconds by stage; ignored: fields of the request that mean nothing here."""
    headers = {"X-Model-Release": quote(release, safe=_PLAIN), "Server-Timing": _server_timing(timings)}
    names = ", ".join(_printable(name) for name in ignored)
    if names:
        headers["X-API-Warnings"] = f"ignored fields: {names}"[:LONGEST_WARNING]
    return headers


def _server_timing(timings: Mapping[str, float]) -> str:
    """Every stage, always in the same order: one that was not needed took no time."""
    return ", ".join(f"{stage};dur={timings.get(stage, 0):.1f}" for stage in STAGES)


def _printable(name: str) -> str:
    return name[:50].encode("unicode_escape").decode("ascii") or '""'
