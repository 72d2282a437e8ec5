"""`python -m bench.accelerator`: the largest networks under load, beside the same networks and beside matrices alone.

YOLOv8m at 1280 px, DINOv2-B/14 and CLIP ViT-B/16 at 100 facings, 1600x1200 JPEG in, annotated JPEG out, over HTTP.
Meant for a GPU; on a CPU it takes minutes for each photo.
"""

import argparse
import base64
import re
import statistics
import time
from dataclasses import dataclass

import torch
from torch.utils.flop_counter import FlopCounterMode

from bench import photos, releases
from bench.bare import bare_ms, median_ms
from bench.report import markdown
from bench.served import Client, Service, Tally, body_of, closed_loop, service
from inference.crops import crop_batch
from inference.detector import as_tensor, letterbox
from inference.device import Placement, choose
from inference.images import decode

FACINGS = 100
CLIENTS = (1, 8, 64)
STAGES = ("decode", "queue", "detect", "embed", "classify", "annotate")
MATRIX = {"cuda": 8192, "cpu": 2048}


@dataclass(frozen=True)
class Alone:
    """bare: milliseconds of the three networks for one photo; operations: their multiplications and additions;
    rate: of matrix products in the precision of the encoders, a second."""

    bare: float
    operations: int
    rate: float

    @property
    def of_matrices(self) -> float:
        """The share of the matrix rate that the networks alone reach."""
        return self.operations / (self.bare / 1000) / self.rate


@dataclass(frozen=True)
class Row:
    clients: int
    per_second: float
    p50: float
    p99: float


def alone(placement: Placement, facings: int) -> Alone:
    shelf = photos.shelf(facings)
    pixels = as_tensor(decode(shelf.jpeg), torch.device("cpu"))
    subject = releases.for_accelerators(placement, pixels, shelf.boxes)
    boxes = torch.tensor(shelf.boxes)
    return Alone(bare_ms(subject, pixels, boxes), _operations(subject, pixels, boxes), _matrix_rate(placement))


@torch.inference_mode()
def _operations(subject: releases.Subject, pixels: torch.Tensor, boxes: torch.Tensor) -> int:
    release = subject.release
    with FlopCounterMode(display=False) as counter:
        release.detector.forward(letterbox(pixels.to(release.detector.device), release.detector.spec.image_size).pixels)
        for encoder, spec in zip(release.encoders, release.crops, strict=True):
            encoder.encode(crop_batch(pixels.to(encoder.placement.device), boxes, spec))
    return int(counter.get_total_flops())


def _matrix_rate(placement: Placement) -> float:
    side = MATRIX[placement.device.type]
    one = torch.randn(side, side, device=placement.device, dtype=placement.dtype)
    return 2 * side**3 / (median_ms(lambda: one @ one, 9, placement.device) / 1000)


def measured(running: Service, body: bytes, clients: int, images: int) -> Row:
    tally, seconds = closed_loop(running, body, clients, images)
    return Row(clients, 1 / seconds, tally.percentile(200, 0.5) * 1000, tally.percentile(200, 0.99) * 1000)


def stages(running: Service, body: bytes, repeats: int) -> dict[str, float]:
    """Milliseconds of one photo at a time."""
    seen: dict[str, list[float]] = {stage: [] for stage in (*STAGES, "in all")}
    client = Client(running, "bench", body)
    for _ in range(repeats):
        began = time.perf_counter()
        client.ask(Tally())
        seen["in all"].append((time.perf_counter() - began) * 1000)
        for stage, milliseconds in re.findall(r"(\w+);dur=([\d.]+)", client.timing):
            if stage in seen:
                seen[stage].append(float(milliseconds))
    return {stage: statistics.median(times) for stage, times in seen.items() if times}


def table(rows: list[Row], networks: Alone) -> str:
    headings = ("clients", "images a second", "p50, ms", "p99, ms", "of the networks alone", "of the matrix rate")
    shares = [row.per_second * networks.bare / 1000 for row in rows]
    return markdown(headings, [
        (str(row.clients), f"{row.per_second:.1f}", f"{row.p50:.0f}", f"{row.p99:.0f}", f"{share:.2f}",
         f"{share * networks.of_matrices:.2f}")
        for row, share in zip(rows, shares, strict=True)
    ])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.accelerator", description=__doc__)
    parser.add_argument("--facings", type=int, default=FACINGS)
    parser.add_argument("--clients", type=int, nargs="+", default=list(CLIENTS))
    parser.add_argument("--images", type=int, default=256, help="for each number of clients")
    options = parser.parse_args()
    networks = alone(choose(), options.facings)
    print(f"The networks alone: {networks.bare:.1f} ms a photo, {networks.operations / 1e9:.0f} billion operations, "
          f"{networks.of_matrices:.2f} of what matrix products reach ({networks.rate / 1e12:.2f} T/s).\n")  # fmt: skip
    body = body_of(base64.b64encode(photos.shelf(options.facings).jpeg).decode())
    with service("large", options.facings, QUEUE_SIZE="256") as running:
        rows = [measured(running, body, clients, options.images) for clients in options.clients]
        found = stages(running, body, 9)
    print(table(rows, networks) + "\n")
    print(markdown(tuple(found), [tuple(f"{milliseconds:.1f}" for milliseconds in found.values())]))


if __name__ == "__main__":
    main()
