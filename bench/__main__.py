"""`make bench`: tables on stdout, and the same as JSON in var/bench.json. Each part also runs by itself."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from bench import detection, growth, photos, releases, report, saturation, stages, web
from inference.detector import as_tensor
from inference.device import Placement, choose
from inference.images import decode

DEMO_PHOTO = Path(__file__).parent.parent / "demo" / "photos" / "shelf.jpg"
FACINGS = (10, 50, 200)
Rows = list[Any]


def of_stages(placement: Placement) -> tuple[Rows, str]:
    """Milliseconds per 1600x1200 JPEG, one at a time; medians. `bare`: the networks' forward passes alone."""
    rows = [_stages(subject, count, placement) for subject in ("demo", "full") for count in FACINGS]
    return rows, report.stage_table(rows)


def _stages(subject: str, count: int, placement: Placement) -> stages.Row:
    shelf = photos.shelf(count)
    pixels = as_tensor(decode(shelf.jpeg), torch.device("cpu"))
    made = releases.demo(placement) if subject == "demo" else releases.full_size(placement, pixels, shelf.boxes)
    return stages.measured(made, shelf.jpeg, 3)


def of_saturation(_: Placement) -> tuple[Rows, str]:
    """A busy service over HTTP, beside its networks alone."""
    rows = [saturation.measured(facings, 12, saturation.ROUNDS) for facings in FACINGS]
    return rows, saturation.table(rows)


def of_detection(_: Placement) -> tuple[Rows, str]:
    """Detection alone over HTTP: YOLOv8n at 640 px on 1280x960 JPEGs."""
    rows = detection.measured(detection.IMAGES, detection.ROUNDS)
    return rows, detection.table(rows)


def of_growth(_: Placement) -> tuple[Rows, str]:
    """What a facing costs, however many there are."""
    rows = [growth.measured(facings, 3) for facings in growth.FACINGS]
    return rows, growth.table(rows)


def of_web(_: Placement) -> tuple[Rows, str]:
    """The web layer with a stub engine: authentication, quota, parsing, JSON, headers."""
    shown = {"demo photo": DEMO_PHOTO.read_bytes(), "1600x1200": photos.shelf(50).jpeg}
    rows = web.measured(shown, 300)
    return rows, report.web_table(rows)


PARTS: dict[str, Callable[[Placement], tuple[Rows, str]]] = {
    "stages": of_stages,
    "saturation": of_saturation,
    "detection": of_detection,
    "growth": of_growth,
    "web": of_web,
}


def main() -> None:
    options = _options()
    placement = choose(options.device, options.precision)
    document: dict[str, Any] = {"machine": _machine(placement)}
    print(document["machine"], flush=True)
    for name in options.only:
        print(f"{name} ...", file=sys.stderr, flush=True)
        rows, table = PARTS[name](placement)
        print(f"\n{PARTS[name].__doc__}\n\n{table}", flush=True)
        document[name] = [asdict(row) for row in rows]
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(document, indent=1))
    print(f"\nAs JSON: {options.json}")


def _machine(placement: Placement) -> str:
    name = torch.cuda.get_device_name(placement.device) if placement.device.type == "cuda" else platform.processor()
    parts = [name or platform.machine(), placement.precision, f"{os.cpu_count()} cores", f"torch {torch.__version__}"]
    return f"{datetime.now(UTC).date()}: {placement.device}, {', '.join(parts)}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--device", default="auto", help="of the stages alone; servers choose by their settings")
    parser.add_argument("--precision", default="auto", help="likewise")
    parser.add_argument("--json", type=Path, default=Path("var/bench.json"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
