"""Prints the figures of the model card as tables, then everything as one line of JSON.

    python -m demo.evaluation [--data FOLDER]

FOLDER holds the sets of real photos (see demo/NOTICE.md); without it the figures on real photos are left out.
"""

import argparse
import json
import multiprocessing
from dataclasses import asdict
from pathlib import Path

from demo.catalogues import catalogues
from demo.evaluation.figures import (
    Figure,
    detection_ap50,
    figures,
    known_kept,
    sku_top1,
    sos_error_points,
    unknown_rejected,
    with_interval,
)
from demo.evaluation.reading import ShelfRead, open_catalogue
from demo.evaluation.real import crackers, detect, fridges, probe
from demo.evaluation.rendered import HALVES, Half, read_all
from inference.encoders import Encoder

Read = dict[tuple[Half, str], list[ShelfRead]]
BRIEF = (detection_ap50, sku_top1, known_kept, unknown_rejected, sos_error_points)


def rendered_tables(read: Read) -> dict[str, object]:
    halves = {half: [shelf for (of, _), shelves in read.items() if of == half for shelf in shelves] for half in HALVES}
    measured = {half: figures(shelves) for half, shelves in halves.items()}
    print(f"\n| figure | {' | '.join(f'{half} ({len(halves[half])} shelves)' for half in HALVES)} |")
    print("| --- |" + " ---: |" * len(HALVES))
    print(f"| facings | {' | '.join(str(sum(shelf.facings for shelf in halves[half])) for half in HALVES)} |")
    for name in measured["easy"]:
        print(f"| {name} | {' | '.join(shown(name, measured[half][name]) for half in HALVES)} |")
    _by_brand(read)
    return {half: {name: asdict(figure) for name, figure in found.items()} for half, found in measured.items()}


def _by_brand(read: Read) -> None:
    print(f"\n| brand | half | {' | '.join(measure.__name__ for measure in BRIEF)} |")
    print("| --- | --- |" + " ---: |" * len(BRIEF))
    for (half, brand), shelves in sorted(read.items()):
        row = [shown(measure.__name__, with_interval(measure, shelves)) for measure in BRIEF]
        print(f"| {brand} | {half} | {' | '.join(row)} |")


def shown(name: str, figure: Figure) -> str:
    """Points of share of shelf as they are, everything else in per cent."""
    scale, unit = (1.0, "") if name == "sos_error_points" else (100.0, " %")
    value, low, high = (scale * number for number in (figure.value, figure.low, figure.high))
    return f"{value:.2f} ({low:.2f} to {high:.2f})" if scale == 1 else f"{value:.1f}{unit} ({low:.1f} to {high:.1f})"


def real_tables(data: Path) -> dict[str, object]:
    _, release = open_catalogue(catalogues()[0])
    sets = {"azure_fridge": fridges(data / "azure_fridge"), "crackers": crackers(data / "demo_shelves")}
    found = {name: detect(labelled, release.detector) for name, labelled in sets.items()}
    print("\n| photos | boxes | AP50 | found at 0.25 | detections |\n| --- | ---: | ---: | ---: | ---: |")
    for name, one in found.items():
        print(f"| {name} ({one.photos}) | {one.boxes} | {100 * one.ap50:.1f} % | {one.found} | {one.detections} |")
    probes = _probes(data / "grocerystore_packages", release.encoders)
    print("\n| frozen features | top-1 |\n| --- | ---: |")
    for name, figure in probes.items():
        print(f"| {name} | {shown('', figure)} |")
    return {
        "real_detection": {name: asdict(one) for name, one in found.items()},
        "grocerystore_top1": {name: asdict(figure) for name, figure in probes.items()},
    }


def _probes(folder: Path, encoders: tuple[Encoder, ...]) -> dict[str, Figure]:
    """Each encoder alone, and both together."""
    alone = {encoder.spec.name: (encoder,) for encoder in encoders}
    return {name: probe(folder, some) for name, some in {**alone, "both": encoders}.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shelves", type=int, default=100, help="of each half")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    arguments = parser.parse_args()
    result = rendered_tables(read_all(arguments.shelves, arguments.processes))
    if arguments.data:
        result |= real_tables(arguments.data)
    print(json.dumps(result))
