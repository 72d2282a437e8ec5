"""`make bench`: tables on stdout, and the same as JSON in var/bench.json."""

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import torch

from bench import photos, releases, report, stages, web
from inference.detector import as_tensor
from inference.device import Placement, choose
from inference.images import decode

DEMO_PHOTO = Path(__file__).parent.parent / "demo" / "photos" / "shelf.jpg"


def main() -> None:
    options = _options()
    placement = choose(options.device, options.precision)
    machine = _machine(placement)
    print(f"{machine}\n", flush=True)
    rows = [
        _measured(subject, count, placement, options.repeats) for subject in options.only for count in options.facings
    ]
    print("\nMilliseconds per 1600x1200 JPEG, one at a time; medians. `bare`: the networks' forward passes alone.\n")
    print(report.stage_table(rows))
    overhead = web.measured(
        {"demo photo": DEMO_PHOTO.read_bytes(), "1600x1200": photos.shelf(50).jpeg}, options.requests
    )
    print("\nWeb layer with a stub engine: authentication, quota, parsing, JSON, headers.\n")
    print(report.web_table(overhead))
    document = {
        "machine": machine,
        "stages": [{**asdict(row), "ratio": row.ratio, "per_facing": row.per_facing} for row in rows],
        "web": [asdict(row) for row in overhead],
    }
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(document, indent=1))
    print(f"\nAs JSON: {options.json}")


def _measured(subject: str, count: int, placement: Placement, repeats: int) -> stages.Row:
    print(f"{subject}, {count} facings ...", file=sys.stderr, flush=True)
    shelf = photos.shelf(count)
    pixels = as_tensor(decode(shelf.jpeg), torch.device("cpu"))
    made = releases.demo(placement) if subject == "demo" else releases.full_size(placement, pixels, shelf.boxes)
    return stages.measured(made, shelf.jpeg, repeats)


def _machine(placement: Placement) -> str:
    name = torch.cuda.get_device_name(placement.device) if placement.device.type == "cuda" else platform.processor()
    parts = [name or platform.machine(), placement.precision, f"{os.cpu_count()} cores", f"torch {torch.__version__}"]
    return f"{datetime.now(UTC).date()}: {placement.device}, {', '.join(parts)}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--facings", type=int, nargs="+", default=[10, 50, 200])
    parser.add_argument("--only", nargs="+", choices=["demo", "full"], default=["demo", "full"])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--json", type=Path, default=Path("var/bench.json"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
