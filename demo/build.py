"""Rebuilds everything the demo ships, from fixed seeds: photos, detector, encoders, releases, demo photo, figures.

    python -m demo.build SCRATCH [--data FOLDER]

SCRATCH takes about 12 GB and keeps what is rendered, so that an interrupted run need not render again. FOLDER holds
the sets of real photos (see demo/NOTICE.md); without it everything is trained on rendered photos alone. CUDA is used
when there is one.
"""

import argparse
import multiprocessing
import subprocess
import sys
from pathlib import Path


def stages(scratch: Path, data: Path | None) -> list[list[str]]:
    """The commands in order; each may also be run by itself."""
    photos, weights = str(scratch / "photos"), str(scratch / "weights")
    workers = ["--workers", str(max(1, multiprocessing.cpu_count() // 2))]
    real = ["--real", str(data)] if data else []
    store = ["--grocerystore", str(data / "grocerystore_packages")] if data else []
    return [
        ["demo.training_photos", photos, *real],
        ["demo.train_detector", photos, weights, *workers],
        ["demo.train_encoders", photos, weights, *workers, *store],
        ["demo.build_release", weights],
        ["demo.report"],
        ["demo.photo"],
        ["demo.evaluation", *(["--data", str(data)] if data else [])],
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scratch", type=Path)
    parser.add_argument("--data", type=Path, help="folder with azure_fridge, grocerystore_packages and the other sets")
    arguments = parser.parse_args()
    for stage in stages(arguments.scratch, arguments.data):
        print("python -m", *stage, flush=True)
        subprocess.run([sys.executable, "-m", *stage], check=True)
