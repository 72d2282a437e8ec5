"""Fits the JORDINA classifier and writes the release bundle demo/bundles/drinks-jordina."""

import argparse
from pathlib import Path

from demo.catalogue import BRAND, CATEGORY, jordina
from demo.shelves import shelf
from demo.train_head import fit, gather
from demo.trained import loaded, parts
from inference.bundle import write_bundle

BUNDLE = Path(__file__).parent / "bundles" / "drinks-jordina"


def build(training: int, calibration: int) -> None:
    """Render so many shelves for each purpose, fit, write."""
    networks = parts()
    release = loaded(networks)
    skus = [product.sku or "" for product in jordina()]
    learnt = gather((shelf("training", number) for number in range(training)), release, skus)
    print(f"{len(learnt.labels)} training crops", flush=True)
    held_out = gather((shelf("calibration", number) for number in range(calibration)), release, skus)
    regression = fit(learnt, held_out)
    print(f"{len(held_out.labels)} calibration crops, temperature {regression.temperature:.2f}", flush=True)
    detector, *encoders = networks
    manifest = write_bundle(BUNDLE, CATEGORY, BRAND, skus, detector, encoders, regression)
    print(f"{BUNDLE.name}: {manifest.digest()[:12]}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--training", type=int, default=160)
    parser.add_argument("--calibration", type=int, default=50)
    arguments = parser.parse_args()
    build(arguments.training, arguments.calibration)
