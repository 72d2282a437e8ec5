"""`python -m bench.saturation`: a whole service with as many clients as keep it busy, beside its networks alone.

Seconds for one image at saturation: base64 in, annotated JPEG out, over HTTP, full-size architectures; divided by the
bare forward passes of the three networks at their best batch size.
"""

import argparse
import base64
from dataclasses import dataclass

import torch

from bench import photos, releases
from bench.bare import bare_ms
from bench.report import markdown
from bench.served import body_of, closed_loop, service
from inference.detector import as_tensor
from inference.device import choose
from inference.images import decode

AIMS = {10: 1.3, 50: 1.15, 200: 1.15}
CLIENTS = 4


@dataclass(frozen=True)
class Row:
    """served, bare: milliseconds an image; median: what a client waits, with so many others."""

    facings: int
    served: float
    bare: float
    median: float

    @property
    def ratio(self) -> float:
        return self.served / self.bare


def measured(facings: int, images: int) -> Row:
    """Bare before and after, because machines change their pace."""
    shelf = photos.shelf(facings)
    before = _bare(facings)
    with service("full", facings) as running:
        body = body_of(base64.b64encode(shelf.jpeg).decode())
        tally, seconds = closed_loop(running, body, CLIENTS, images)
    bare = (before + _bare(facings)) / 2
    return Row(facings, seconds * 1000, bare, tally.median() * 1000)


def _bare(facings: int) -> float:
    shelf = photos.shelf(facings)
    pixels = as_tensor(decode(shelf.jpeg), torch.device("cpu"))
    subject = releases.full_size(choose(), pixels, shelf.boxes)
    return bare_ms(subject, pixels, torch.tensor(shelf.boxes), repeats=2 if facings > 50 else 3)


def table(rows: list[Row]) -> str:
    headings = ("facings", "served, ms an image", "networks alone", "ratio", "aim", "a client waits, ms")
    return markdown(headings, [
        (str(row.facings), f"{row.served:.0f}", f"{row.bare:.0f}", f"{row.ratio:.2f}", str(AIMS.get(row.facings, "")),
         f"{row.median:.0f}")
        for row in rows
    ])  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.saturation", description=__doc__)
    parser.add_argument("--facings", type=int, nargs="+", default=list(AIMS))
    parser.add_argument("--images", type=int, default=24)
    options = parser.parse_args()
    print(table([measured(facings, options.images) for facings in options.facings]))
