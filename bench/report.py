"""The tables, as people read them."""

from collections.abc import Sequence

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


def web_table(row: WebRow) -> str:
    return (
        "| requests | body | median | p95 |\n| ---: | ---: | ---: | ---: |\n"
        f"| {row.requests} | {row.body_kb:.0f} kB | {row.median:.1f} ms | {row.p95:.1f} ms |"
    )
