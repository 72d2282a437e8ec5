"""Rebuilds the demo's two classifiers of whole pictures, from fixed seeds, and says what they are worth.

    python -m demo.classifiers [--data FOLDER]

`pack-damage` tells what is the matter with a pack, in tags, and is learnt from rendered packs. `grocery-packs` names
the product on a photo, and is learnt from real ones: FOLDER/grocerystore_packages (see demo/NOTICE.md); without FOLDER
it stays as it is. Both use the networks of the demo's brands as they are.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from scipy.special import softmax

from demo.build_release import BUNDLES
from demo.damaged_packs import TAGS, take_damaged
from inference.bundle import REFERENCE, Network, Regression, write_bundle
from inference.detector import as_tensor
from inference.file_store import FolderStore, verified
from inference.head import Floats
from inference.images import decode
from inference.loading import LoadedRelease, Loader, embed_whole
from inference.manifest import DetectorSpec, EncoderSpec, Manifest, loads, sha256
from modelstore.evaluation.answers import answers, calibration
from modelstore.evaluation.estimates import estimates
from modelstore.evaluation.figures import figures
from modelstore.evaluation.fingerprints import Fingerprints, fingerprint, groups
from modelstore.evaluation.report import Learnt, Report
from modelstore.evaluation.tags import mean_auroc, outcomes, tag_answers, tag_calibration, tag_figures
from modelstore.slugs import CLASSIFICATION
from modelstore.training.class_classifier import fit_classes
from modelstore.training.reference_classifier import Trained
from modelstore.training.report import pictures, release_report
from modelstore.training.tag_classifier import fit_tags
from modelstore.training.temperature import best_temperature

DAMAGE, GROCERIES = "pack-damage", "grocery-packs"
LEARNT, ASKED = range(40_000, 40_800), range(50_000, 50_300)
"""Seeds of rendered packs."""
_NETWORKS_OF = "drinks-jordina"
_LONGEST = 320
_BATCH = 32


@dataclass(frozen=True, eq=False)
class Photos:
    """labels: [N], the class of each, or [N, K], whether it has each tag. data: JPEG files."""

    data: Sequence[bytes]
    labels: NDArray[Any]
    names: tuple[str, ...]

    def part(self, which: slice) -> "Photos":
        return Photos(self.data[which], self.labels[which], self.names)

    @property
    def digests(self) -> list[str]:
        return [sha256(data) for data in self.data]


def rendered(seeds: range) -> Photos:
    packs = [take_damaged(seed) for seed in seeds]
    marks = np.array([[tag in pack.tags for tag in TAGS] for pack in packs], bool)
    return Photos([_jpeg(pack.image) for pack in packs], marks, TAGS)


def _jpeg(image: NDArray[np.uint8]) -> bytes:
    photo, out = Image.fromarray(image), BytesIO()
    photo.thumbnail((_LONGEST, _LONGEST))
    photo.save(out, "JPEG", quality=90)
    return out.getvalue()


def groceries(folder: Path, table: str) -> Photos:
    """table: `train.txt` or `val.txt`, whose lines name a photo in the folder of its product."""
    paths = [folder / line.split(",")[0] for line in (folder / table).read_text().splitlines() if line.strip()]
    known = sorted({path.parent.name for path in (folder / "train").rglob("*.jpg")})
    labels = np.array([known.index(path.parent.name) for path in paths], np.int64)
    return Photos([path.read_bytes() for path in paths], labels, tuple(known))


@dataclass(frozen=True, eq=False)
class Networks:
    loaded: LoadedRelease
    detector: Network
    encoders: tuple[Network, ...]


def networks(bundles: Path) -> Networks:
    """Those that the demo's brands share."""
    store = FolderStore(bundles / _NETWORKS_OF)
    manifest = loads((bundles / _NETWORKS_OF / "manifest.json").read_bytes())
    specs: tuple[DetectorSpec | EncoderSpec, ...] = (manifest.detector, *manifest.encoders)
    detector, *encoders = (_network(spec, store) for spec in specs)
    return Networks(Loader(store, REFERENCE).load(manifest), detector, tuple(encoders))


def _network(spec: DetectorSpec | EncoderSpec, store: FolderStore) -> Network:
    return Network(spec, verified(store, spec.weights), verified(store, spec.golden))


def embedded(photos: Photos, loaded: LoadedRelease) -> tuple[Floats, Fingerprints]:
    images = [decode(data) for data in photos.data]
    parts = []
    for start in range(0, len(images), _BATCH):
        pixels = [as_tensor(image, torch.device("cpu")) for image in images[start : start + _BATCH]]
        parts.append(embed_whole(loaded, pixels).numpy())
        print(f"\r{start + len(pixels)} of {len(images)} photos", end="", flush=True)
    print()
    return np.concatenate(parts), np.array([fingerprint(image) for image in images], np.uint8)


def build_damage(bundles: Path) -> dict[str, Any]:
    """Write the bundle; figures by cross-validation, which it carries, and on packs of other seeds."""
    learnt, shared = rendered(LEARNT), networks(bundles)
    features, prints = embedded(learnt, shared.loaded)
    trained = _fitted(learnt, features, prints, shared.loaded)
    by_digest = dict(zip(learnt.digests, learnt.data, strict=True))
    report = release_report(trained, outcomes(TAGS), _learnt(learnt), prints, [], by_digest.__getitem__, "multi_label")
    manifest = _write(bundles / DAMAGE, TAGS, shared, trained.regression, report)
    asked = rendered(ASKED)
    loaded = Loader(FolderStore(bundles / DAMAGE), REFERENCE).load(manifest)  # as it will be served
    probabilities = loaded.head.probabilities(embedded(asked, loaded)[0])
    return {"cross-validation": told(report), "other packs": told(_tag_report(probabilities, asked))}


def build_groceries(store: Path, bundles: Path) -> dict[str, Any]:
    """Write the bundle; figures on validation photos, which it carries.

    The encoders have learnt from the same photos as the classifier, which would make it far too sure of itself: every
    second validation photo decides how sure it is, and the others say what it is worth."""
    learnt, other = groceries(store, "train.txt"), groceries(store, "val.txt")
    held, asked = other.part(slice(0, None, 2)), other.part(slice(1, None, 2))
    shared = networks(bundles)
    (features, prints), (seen, more) = (embedded(photos, shared.loaded) for photos in (learnt, held))
    trained = _fitted(learnt, features, prints, shared.loaded).regression
    logits = seen @ trained.coefficients.T + trained.intercepts
    regression = replace(trained, temperature=best_temperature(logits, held.labels)[1])
    logits = embedded(asked, shared.loaded)[0] @ trained.coefficients.T + trained.intercepts
    bare = _class_report(softmax(logits / regression.temperature, axis=1), asked)
    by_digest = dict(zip(asked.digests, asked.data, strict=True))
    report = replace(
        bare,
        learnt=(*_learnt(learnt), *_learnt(held)),
        fingerprints=np.concatenate([prints, more]),
        pictures=dict(pictures(bare, {}, by_digest.__getitem__)),
    )
    _write(bundles / GROCERIES, learnt.names, shared, regression, report)
    return {"validation photos": told(report)}


def _write(folder: Path, names: Sequence[str], shared: Networks, regression: Regression, report: Report) -> Manifest:
    for former in folder.glob("*"):
        former.unlink()
    return write_bundle(
        folder, CLASSIFICATION, folder.name, names, shared.detector, shared.encoders, regression, dict(report.metrics),
        share=True, report=report.dumps(), task=report.task,
    )  # fmt: skip


def _fitted(learnt: Photos, features: Floats, prints: Fingerprints, loaded: LoadedRelease) -> Trained:
    alike = groups(prints)
    if learnt.labels.ndim == 1:
        return fit_classes(features, learnt.labels, loaded.columns_by_kind, learnt.digests, alike)
    return fit_tags(features, learnt.labels, learnt.names, learnt.digests, alike)


def _learnt(photos: Photos) -> list[Learnt]:
    if photos.labels.ndim == 1:
        named = zip(photos.digests, photos.labels.tolist(), strict=True)
        return [Learnt(digest, "reference", photos.names[row]) for digest, row in named]
    return [
        Learnt(digest, "tagged", marks=tuple(zip(photos.names, map(bool, row), strict=True)))
        for digest, row in zip(photos.digests, photos.labels, strict=True)
    ]


def _class_report(probabilities: NDArray[np.floating], asked: Photos) -> Report:
    named = answers(probabilities, asked.labels, asked.digests)
    judged, count = calibration(named), {"photos": len(asked.data), "classes": len(asked.names)}
    measured = count | figures(named, judged, "single_label")
    return Report("photos", asked.names, measured, named, judged, asked=tuple(_learnt(asked)), task="single_label")


def _tag_report(probabilities: NDArray[np.floating], asked: Photos) -> Report:
    named = tag_answers(probabilities, asked.labels, np.ones_like(asked.labels), asked.digests)
    judged = tag_calibration(named)
    measured = figures(named, judged, "multi_label") | mean_auroc(named, len(asked.names))
    return Report("photos", outcomes(asked.names), measured, named, judged, task="multi_label")


def told(report: Report) -> dict[str, Any]:
    found: dict[str, Any] = {name: vars(estimate) for name, estimate in estimates(report).items()}
    if report.task == "multi_label":
        found["tags"] = [_plain(tag) for tag in tag_figures(report.answers, report.skus)]
    return found


def _plain(tag: Any) -> dict[str, Any]:
    return {name: vars(value) if hasattr(value, "low") else value for name, value in vars(tag).items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder that holds grocerystore_packages")
    parser.add_argument("--bundles", type=Path, default=BUNDLES)
    arguments = parser.parse_args()
    figures_of = {DAMAGE: build_damage(arguments.bundles)}
    if arguments.data:
        figures_of[GROCERIES] = build_groceries(arguments.data / "grocerystore_packages", arguments.bundles)
    print(json.dumps(figures_of, indent=1))
