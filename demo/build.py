"""Rebuilds everything the demo ships, from fixed seeds: photos, detector, encoders, release, demo photo, figures.

    python -m demo.build SCRATCH [--fridge FOLDER] [--grocerystore FOLDER]

SCRATCH takes about 8 GB and keeps what is rendered, so that an interrupted run need not render again. The two
sets of real photos are optional (see demo/NOTICE.md). CUDA is used when there is one.
"""

import argparse
import subprocess
import sys
from pathlib import Path


def stages(scratch: Path, fridge: Path | None, grocerystore: Path | None) -> list[list[str]]:
    """The commands in order; each may also be run by itself."""
    photos = str(scratch / "photos")
    with_fridge = ["--real", str(fridge)] if fridge else []
    with_store = ["--grocerystore", str(grocerystore)] if grocerystore else []
    return [
        ["demo.training_photos", photos],
        ["demo.train_detector", photos, *with_fridge],
        ["demo.train_encoders", photos, *with_store],
        ["demo.build_release"],
        ["demo.photo"],
        ["demo.evaluate"],
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scratch", type=Path)
    parser.add_argument("--fridge", type=Path, help="azure_fridge/positive")
    parser.add_argument("--grocerystore", type=Path, help="grocerystore_packages")
    arguments = parser.parse_args()
    for stage in stages(arguments.scratch, arguments.fridge, arguments.grocerystore):
        print("python -m", *stage, flush=True)
        subprocess.run([sys.executable, "-m", *stage], check=True)
