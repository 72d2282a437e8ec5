"""`python -m bench.saturation`: a whole service with as many clients as keep it busy, beside its networks alone.

Seconds for one image at saturation: base64 in, annotated JPEG out, over HTTP, full-size architectures; divided by the
bare forward passes of the three networks at their best batch size.
"""

import argparse
import base64
import statistics
from collections.abc import Callable
from dataclasses import dataclass

import torch

from bench import photos, releases
from bench.bare import bare_ms
from bench.report import markdown
from bench.rounds import Rounds, in_turn
from bench.served import body_of, closed_loop, service
from inference.detector import as_tensor
from inference.device import choose
from inference.images import decode

AIMS = {10: 1.3, 50: 1.15, 200: 1.15}
CLIENTS = 4
ROUNDS = 5


@dataclass(frozen=True)
class Row:
    """clients: who ask again as soon as they are answered; what they wait, in milliseconds, is `median`."""

    facings: int
    rounds: Rounds
    median: float


def measured(facings: int, images: int, rounds: int, clients: int = CLIENTS) -> Row:
    """images: of each round. clients: fewer where so many would wait for longer than a request may take."""
    shelf = photos.shelf(facings)
    body = body_of(base64.b64encode(shelf.jpeg).decode())
    waits: list[float] = []

    def served() -> float:
        tally, seconds = closed_loop(running, body, clients, images)
        waits.append(tally.median() * 1000)
        return seconds * 1000

    with service("full", facings) as running:
        found = in_turn(served, _bare(facings), rounds)
    return Row(facings, found, statistics.median(waits))


def _bare(facings: int) -> Callable[[], float]:
    shelf = photos.shelf(facings)
    pixels = as_tensor(decode(shelf.jpeg), torch.device("cpu"))
    subject = releases.full_size(choose(), pixels, shelf.boxes)
    boxes = torch.tensor(shelf.boxes)
    return lambda: bare_ms(subject, pixels, boxes, repeats=1 if facings > 50 else 3)


def table(rows: list[Row]) -> str:
    headings = (
        "facings",
        "served, ms an image",
        "networks alone",
        "ratio",
        "of single rounds",
        "aim",
        "a client waits, ms",
    )
    return markdown(headings, [_shown(row) for row in rows])


def _shown(row: Row) -> tuple[str, ...]:
    served, bare = statistics.median(row.rounds.served), statistics.median(row.rounds.bare)
    ratios = row.rounds.ratios
    return (
        *(str(row.facings), f"{served:.0f}", f"{bare:.0f}", f"{row.rounds.ratio:.2f}"),
        *(f"{ratios[0]:.2f} to {ratios[-1]:.2f}", str(AIMS.get(row.facings, "")), f"{row.median:.0f}"),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.saturation", description=__doc__)
    parser.add_argument("--facings", type=int, nargs="+", default=list(AIMS))
    parser.add_argument("--images", type=int, default=12, help="of a round")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    given = parser.parse_args()
    print(table([measured(facings, given.images, given.rounds, given.clients) for facings in given.facings]))
