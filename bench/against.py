"""`python -m bench.against FILE`: this service beside the straightforward pipeline in FILE, on the same photo.

The pipeline is run unchanged, as a program that takes a detector as `.pt` and photos; both use the demo's detector, a
DINOv2-S and a CLIP ViT-B/32.
"""

import argparse
import base64
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from ultralytics import YOLO

from bench import photos
from bench.releases import DEMO
from bench.served import body_of, closed_loop, service
from inference.file_store import FolderStore, verified
from inference.manifest import loads
from inference.weights import tensors

FACINGS = 100
AIM = 8.0


def straightforward(program: Path, photo: bytes, repeats: int) -> tuple[float, int]:
    """Seconds an image, and how many facings it finds in it."""
    with tempfile.TemporaryDirectory() as folder:
        detector, picture = Path(folder, "detector.pt"), Path(folder, "shelf.jpg")
        picture.write_bytes(photo)
        _as_checkpoint(detector)
        command = [sys.executable, str(program), str(detector), *[str(picture)] * (repeats + 1)]
        told = subprocess.run(command, capture_output=True, text=True, timeout=1200, check=True).stdout
    found = re.search(r"naive: ([\d.]+) s/image, (\d+) facings", told)
    assert found, told
    return float(found[1]), int(found[2])


def _as_checkpoint(file: Path) -> None:
    """The demo's detector, as ultralytics keeps it."""
    spec = loads((DEMO / "manifest.json").read_bytes()).detector
    model = YOLO("yolov8n.yaml", task="detect", verbose=False)
    fresh = type(model.model)({**spec.architecture}, ch=3, verbose=False)
    fresh.load_state_dict(tensors(verified(FolderStore(DEMO), spec.weights)))
    fresh.args, fresh.names = model.model.args, {0: "product"}
    model.model = fresh
    model.save(file)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.against", description=__doc__)
    parser.add_argument("program", type=Path)
    parser.add_argument("--facings", type=int, default=FACINGS)
    parser.add_argument("--images", type=int, default=12)
    options = parser.parse_args()
    photo = photos.shelf(options.facings).jpeg
    seconds, found = straightforward(options.program, photo, 3)
    with service("against", options.facings) as running:
        body = body_of(base64.b64encode(photo).decode())
        _, ours = closed_loop(running, body, 4, options.images)
    print("| 1600x1200, 100 facings | seconds an image | ms a facing |\n| --- | ---: | ---: |")
    print(f"| straightforward pipeline, {found} facings | {seconds:.2f} | {1000 * seconds / max(found, 1):.1f} |")
    print(f"| this service, over HTTP, 4 clients | {ours:.2f} | {1000 * ours / max(found, 1):.1f} |")
    print(f"| how many times as fast (aim {AIM:.0f}) | {seconds / ours:.1f} | |")


if __name__ == "__main__":
    main()
