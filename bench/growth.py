"""`python -m bench.growth`: what a facing costs on shelves of 10 to 400, with full-size encoders.

Embedding and classification alone, since detection costs the same whatever it finds; one photo at a time.
"""

import argparse
import statistics
from dataclasses import dataclass

import torch

from bench import photos, releases
from inference.detector import as_tensor
from inference.device import choose
from inference.images import decode
from inference.pipeline import Stopwatch, read_shelf
from inference.results import Options

FACINGS = (10, 50, 100, 200, 400)
AIM = 0.10


@dataclass(frozen=True)
class Row:
    """Milliseconds a facing."""

    facings: int
    embed: float
    classify: float

    @property
    def together(self) -> float:
        return self.embed + self.classify


def measured(facings: int, repeats: int) -> Row:
    shelf = photos.shelf(facings)
    image = decode(shelf.jpeg)
    subject = releases.full_size(choose(), as_tensor(image, torch.device("cpu")), shelf.boxes)
    seen: dict[str, list[float]] = {"embed": [], "classify": []}
    for _ in range(repeats + 1):
        watch = Stopwatch()
        read_shelf(subject.models, subject.release, image, Options(), watch)
        for stage, times in seen.items():
            times.append(watch.timings[stage])
    embed, classify = (statistics.median(times[1:]) / facings for times in seen.values())
    return Row(facings, embed, classify)


def table(rows: list[Row]) -> str:
    lines = ["| facings | embed, ms a facing | classify | together | beside the mean |", "|" + " ---: |" * 5]
    mean = statistics.mean(row.together for row in rows)
    for row in rows:
        share = row.together / mean - 1
        lines.append(f"| {row.facings} | {row.embed:.2f} | {row.classify:.2f} | {row.together:.2f} | {share:+.0%} |")
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    print(table([measured(facings, options.repeats) for facings in FACINGS]))
