"""`python -m bench.detection`: detection alone over HTTP, beside the network alone and ultralytics' own predict.

YOLOv8n at 640 px on 1280x960 JPEGs; the same server with embedding and classification off.
"""

import argparse
import base64
import io
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from PIL import Image
from ultralytics import YOLO

from bench import photos, releases
from bench.bare import PHOTOS, detector_ms
from bench.report import markdown
from bench.rounds import Rounds, in_turn
from bench.served import Service, body_of, closed_loop, service
from inference.detector import as_tensor
from inference.device import choose
from inference.images import decode

FACINGS = 20
CLIENTS = (1, 2, 8)
IMAGES = 40
ROUNDS = 5
PREDICTIONS = 15


@dataclass(frozen=True)
class Row:
    """rounds: beside the network alone; predict: milliseconds an image of ultralytics."""

    clients: int
    rounds: Rounds
    predict: tuple[float, ...]

    @property
    def of_predict(self) -> float:
        pairs = zip(self.predict, self.rounds.served, strict=True)
        return statistics.median(predict / served for predict, served in pairs)


def measured(images: int, rounds: int) -> list[Row]:
    """images: of each round."""
    shelf = photos.shelf(FACINGS, photos.DETECTION_SIZE)
    with service("detector", FACINGS) as running:
        return [_row(running, shelf, clients, images, rounds) for clients in CLIENTS]


def _row(running: Service, shelf: photos.Shelf, clients: int, images: int, rounds: int) -> Row:
    body = body_of(base64.b64encode(shelf.jpeg).decode(), annotated=False)
    alone, predict, predicted = _bare(shelf, clients), _predict(shelf.jpeg), []

    def served() -> float:
        predicted.append(predict())
        return closed_loop(running, body, clients, images)[1] * 1000

    return Row(clients, in_turn(served, alone, rounds), tuple(predicted))


def _bare(shelf: photos.Shelf, clients: int) -> Callable[[], float]:
    """At the best batch that so many clients can fill."""
    pixels = as_tensor(decode(shelf.jpeg), torch.device("cpu"))
    subject = releases.detector_alone(choose(), pixels, shelf.boxes)
    batches = [size for size in PHOTOS if size <= clients]
    return lambda: detector_ms(subject, pixels, 15, batches)


def _predict(jpeg: bytes) -> Callable[[], float]:
    """One at a time, in float32 as it comes, decoding included; milliseconds."""
    model = YOLO("yolov8n.yaml", task="detect", verbose=False)

    def median() -> float:
        times = []
        for _ in range(PREDICTIONS + 3):
            began = time.perf_counter()
            model.predict(Image.open(io.BytesIO(jpeg)).convert("RGB"), imgsz=640, max_det=300, verbose=False)
            times.append((time.perf_counter() - began) * 1000)
        return statistics.median(times[3:])

    return median


def table(rows: list[Row]) -> str:
    headings = (
        "clients",
        "images a second, over HTTP",
        "the network alone",
        "of the network alone (aim 0.85)",
        "of YOLO.predict (aim 1.5)",
    )
    lines = markdown(headings, [_shown(row) for row in rows])
    predict = 1000 / statistics.median(time for row in rows for time in row.predict)
    return f"{lines}\n\nOne YOLO.predict at a time: {predict:.1f} images a second."


def _shown(row: Row) -> tuple[str, ...]:
    rate, bare = (1000 / statistics.median(times) for times in (row.rounds.served, row.rounds.bare))
    slowest, *_, fastest = row.rounds.ratios[::-1]
    of_bare = f"{1 / row.rounds.ratio:.2f} ({1 / slowest:.2f} to {1 / fastest:.2f})"
    return str(row.clients), f"{rate:.1f}", f"{bare:.1f}", of_bare, f"{row.of_predict:.2f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.detection", description=__doc__)
    parser.add_argument("--images", type=int, default=IMAGES, help="of a round")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    print(table(measured(options.images, options.rounds)))
