"""What a brand trained on small sets of real photos is worth, by every figure that a report has.

    python -m demo.evaluation.small_sets --data FOLDER

FOLDER holds grocerystore_packages and softdrink_shelf_crops. Prints a table of docs/training.md: beside the real sets,
what the reports say that the demo's bundles carry.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from demo.build_release import folder_of
from demo.catalogues import catalogues
from demo.evaluation.reading import open_catalogue
from inference.bundle import Regression
from inference.file_store import FolderStore, verified
from inference.head import head_from, packed_head
from inference.loading import LoadedRelease
from inference.manifest import HeadSpec, loads, sha256
from inference.weights import arrays
from modelstore.evaluation.answers import Answers, Calibration, answers, calibration
from modelstore.evaluation.figures import figures
from modelstore.evaluation.fingerprints import groups
from modelstore.evaluation.reliability import reliability
from modelstore.evaluation.report import report_from
from modelstore.training.embedding_cache import Embedded, EmbeddingCache
from modelstore.training.familiarity import importance
from modelstore.training.photo_folders import ReferencePhoto
from modelstore.training.reference_classifier import fit_references

Floats = NDArray[np.floating]
GROUPS = 5
"""Of SKUs, each of which is unknown once."""
COLUMNS = {
    "top1": "top-1", "top5": "top-5", "coverage_at_95_precision": "coverage", "unknown_auroc": "unknown AUROC",
    "unknown_fpr95": "FPR95", "top1_dinov2_alone": "DINOv2 alone", "top1_open_clip_alone": "CLIP alone",
}  # fmt: skip


@dataclass(frozen=True)
class Photos:
    """rows: [N], of the SKU, 0 to K - 1."""

    photos: tuple[ReferencePhoto, ...]
    seen: Embedded
    rows: NDArray[np.int64]


@dataclass(frozen=True)
class Line:
    """Of the table: what was asked, the figures, and the answers whose calibration they tell."""

    name: str
    metrics: Mapping[str, object]
    judged: Calibration


def by_cross_validation(name: str, learnt: Photos, columns: Mapping[str, slice]) -> Line:
    """As train_release tells it: every photo is answered by a classifier that never saw it."""
    alike, digests = groups(learnt.seen.fingerprints), [photo.digest for photo in learnt.photos]
    trained = fit_references(learnt.seen.features, learnt.rows, learnt.seen.features[:0], columns, digests, alike)
    return Line(name, trained.metrics, trained.calibration)


def on_other_photos(name: str, learnt: Photos, asked: Photos, columns: Mapping[str, slice]) -> Line:
    """What is learnt from the one is asked about the other. Unknown products are a fifth of the SKUs in turn."""
    every = np.arange(int(learnt.rows.max()) + 1)
    named = _answers(learnt, asked, every, columns)
    turns = [_answers(learnt, asked, every[every % GROUPS != turn], columns) for turn in range(GROUPS)]
    together = turns[0].joined(turns[1:])
    judged = calibration(together)
    judged = Calibration(judged.confidences, judged.right, judged.known, importance(judged.known))
    alone = {
        f"top1_{encoder}_alone": _share(
            _answers(_part(learnt, part), _part(asked, part), every, {encoder: slice(None)})
        )
        for encoder, part in columns.items()
    }
    return Line(name, figures(named, judged) | alone, judged)


def _answers(learnt: Photos, asked: Photos, skus: NDArray[np.int64], columns: Mapping[str, slice]) -> Answers:
    """Of a brand that has these SKUs alone."""
    own = np.isin(learnt.rows, skus)
    features, rows = learnt.seen.features[own], np.searchsorted(skus, learnt.rows[own])
    alike = groups(learnt.seen.fingerprints[own])
    trained = fit_references(features, rows, features[:0], columns, None, alike).regression
    truth = np.where(np.isin(asked.rows, skus), np.searchsorted(skus, asked.rows), -1)
    chances = _probabilities(trained, asked.seen.features, len(skus))
    return answers(chances, truth, [photo.digest for photo in asked.photos])


def _probabilities(trained: Regression, features: Floats, skus: int) -> Floats:
    """Of the SKUs, as the release answers once it was stored."""
    stored = arrays(packed_head(trained.coefficients, trained.intercepts, trained.more()))
    return head_from(HeadSpec("", "", trained.temperature, None), stored, skus).probabilities(features)[:, :skus]


def _share(named: Answers) -> float:
    return float(named.right.mean())


def _part(photos: Photos, columns: slice) -> Photos:
    return Photos(photos.photos, Embedded(photos.seen.features[:, columns], photos.seen.fingerprints), photos.rows)


def demo_lines() -> list[Line]:
    """From the reports that the bundles carry."""
    found = []
    for catalogue in catalogues():
        folder = folder_of(catalogue)
        manifest = loads((folder / "manifest.json").read_bytes())
        report = report_from(verified(FolderStore(folder), manifest.report))
        found.append(
            Line(f"{catalogue.category}/{catalogue.brand}, rendered shelves", report.metrics, report.calibration)
        )
    return found


def table(lines: Sequence[Line]) -> None:
    print(f"\n| asked | answers | {' | '.join(COLUMNS.values())} | surer than right by | ECE | were it calibrated |")
    print("| --- |" + " ---: |" * (len(COLUMNS) + 4))
    for line in lines:
        found = reliability(line.judged)
        assert found
        shares = [_shown(line.metrics.get(name)) for name in COLUMNS]
        band = f"{100 * found.expected_low:.1f} to {100 * found.expected_high:.1f} %"
        gaps = f"{100 * found.surplus:+.1f} | {100 * found.ece:.1f} % | {band}"
        print(f"| {line.name} | {found.answers} | {' | '.join(shares)} | {gaps} |")


def _shown(share: object) -> str:
    return f"{100 * share:.1f} %" if isinstance(share, float) else ""


def grocerystore(folder: Path, split: str) -> list[tuple[Path, str]]:
    rows = [line.split(",") for line in (folder / f"{split}.txt").read_text().splitlines() if line.strip()]
    return [(folder / row[0].strip(), row[1].strip()) for row in rows]


def softdrinks(folder: Path) -> list[tuple[Path, str]]:
    return [(path, path.parent.name) for path in sorted(folder.glob("*/*.jpg"))]


def looked_at(listed: Sequence[tuple[Path, str]], skus: Sequence[str], release: LoadedRelease, cache: Path) -> Photos:
    photos = tuple(ReferencePhoto(path, sku, sha256(path.read_bytes())) for path, sku in listed)
    seen = EmbeddingCache(cache).embeddings(photos, release, progress=True)
    return Photos(photos, seen, np.array([skus.index(sku) for _, sku in listed], np.int64))


def measured(data: Path, cache: Path) -> list[Line]:
    release = open_catalogue(catalogues()[0])[1]
    columns = release.columns_by_kind
    train, val = (grocerystore(data / "grocerystore_packages", split) for split in ("train", "val"))
    drinks = softdrinks(data / "softdrink_shelf_crops")
    groceries, flavours = (sorted({sku for _, sku in listed}) for listed in (train, drinks))
    learnt, asked = (looked_at(listed, groceries, release, cache) for listed in (train, val))
    crops = looked_at(drinks, flavours, release, cache)
    return [
        by_cross_validation("GroceryStore, `train.txt`: photos a step apart", learnt, columns),
        on_other_photos("GroceryStore, `train.txt` to `val.txt`: other days", learnt, asked, columns),
        by_cross_validation("soft drinks, by crop of one photo: **optimistic**", crops, columns),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    with TemporaryDirectory() as scratch:
        table([*measured(parser.parse_args().data, Path(scratch)), *demo_lines()])
