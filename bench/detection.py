"""`python -m bench.detection`: detection alone over HTTP, beside the network alone and ultralytics' own predict.

YOLOv8n at 640 px on 1280x960 JPEGs; the same server with embedding and classification off.
"""

import argparse
import base64
import io
import time
from dataclasses import dataclass

import torch
from PIL import Image
from ultralytics import YOLO

from bench import photos, releases
from bench.bare import detector_ms
from bench.report import markdown
from bench.served import body_of, closed_loop, service
from inference.detector import as_tensor
from inference.device import choose
from inference.images import decode

FACINGS = 20
CLIENTS = (1, 2, 8)


@dataclass(frozen=True)
class Row:
    """Images a second."""

    clients: int
    served: float
    bare: float
    predict: float


def measured(images: int) -> list[Row]:
    shelf = photos.shelf(FACINGS, photos.DETECTION_SIZE)
    body = body_of(base64.b64encode(shelf.jpeg).decode(), annotated=False)
    bare, predict = _bare(shelf.jpeg, shelf.boxes), _predict(shelf.jpeg, images // 4)
    with service("detector", FACINGS) as running:
        served = [1 / closed_loop(running, body, clients, images)[1] for clients in CLIENTS]
    bare = (bare + _bare(shelf.jpeg, shelf.boxes)) / 2
    return [Row(clients, rate, bare, predict) for clients, rate in zip(CLIENTS, served, strict=True)]


def _bare(jpeg: bytes, boxes: releases.Boxes) -> float:
    pixels = as_tensor(decode(jpeg), torch.device("cpu"))
    return 1000 / detector_ms(releases.detector_alone(choose(), pixels, boxes), pixels, 15)


def _predict(jpeg: bytes, images: int) -> float:
    """One at a time, in float32 as it comes, decoding included."""
    model = YOLO("yolov8n.yaml", task="detect", verbose=False)
    times = []
    for _ in range(images + 3):
        began = time.perf_counter()
        model.predict(Image.open(io.BytesIO(jpeg)).convert("RGB"), imgsz=640, max_det=300, verbose=False)
        times.append(time.perf_counter() - began)
    return 1 / sorted(times[3:])[images // 2]


def table(rows: list[Row]) -> str:
    bare, predict = rows[0].bare, rows[0].predict
    headings = ("clients", "images a second, over HTTP", "of the network alone (aim 0.85)", "of YOLO.predict (aim 1.5)")
    figures = ((row.served, row.served / row.bare, row.served / row.predict) for row in rows)
    shown = [(f"{served:.1f}", f"{of_bare:.2f}", f"{of_predict:.2f}") for served, of_bare, of_predict in figures]
    lines = markdown(headings, [(str(row.clients), *values) for row, values in zip(rows, shown, strict=True)])
    return f"{lines}\n\nThe network alone: {bare:.1f} images a second; one YOLO.predict at a time: {predict:.1f}."


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.detection", description=__doc__)
    parser.add_argument("--images", type=int, default=160)
    print(table(measured(parser.parse_args().images)))
