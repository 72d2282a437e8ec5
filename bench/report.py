"""The tables, as people read them."""

from collections.abc import Iterable, Sequence

from bench.stages import STAGES, Row
from bench.web import WebRow

HEADINGS = ("networks", "facings", *STAGES, "total", "per facing", "bare", "total / bare")


def stage_table(rows: Sequence[Row]) -> str:
    """Milliseconds; Markdown."""
    lines = ["| " + " | ".join(HEADINGS) + " |", "|" + " ---: |" * len(HEADINGS)]
    for row in rows:
        numbers = [f"{row.stages.get(stage, 0):.1f}" for stage in STAGES]
        sums = [f"{row.total:.0f}", f"{row.per_facing:.1f}", f"{row.bare:.0f}", f"{row.ratio:.2f}"]
        lines.append(f"| {row.subject} | {row.facings} | " + " | ".join([*numbers, *sums]) + " |")
    return "\n".join(lines)


def web_table(rows: Sequence[WebRow]) -> str:
    lines = ["| photo | body | requests | median | p95 |", "| --- | ---: | ---: | ---: | ---: |"]
    for row in rows:
        lines.append(
            f"| {row.photo} | {row.body_kb:.0f} kB | {row.requests} | {row.median:.1f} ms | {row.p95:.1f} ms |"
        )
    return "\n".join(lines)


def markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of numbers."""
    return "\n".join(["| " + " | ".join(headings) + " |", "|" + " ---: |" * len(headings),
                      *("| " + " | ".join(row) + " |" for row in rows)])  # fmt: skip
