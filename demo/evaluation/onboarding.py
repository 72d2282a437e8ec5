"""What adding a SKU from a few photos is worth: the tables of docs/training.md.

    python -m demo.evaluation.onboarding --data FOLDER

FOLDER holds grocerystore_packages. Without it only rendered shelves are measured.
"""

import argparse
import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import numpy as np
import torch
from numpy.typing import NDArray

from demo.catalogues import JORDINA
from demo.evaluation.newcomers import PHOTOS, Seen, counted, look_at_all
from demo.evaluation.reading import open_catalogue
from demo.training_photos import load_rgb
from inference.familiarity import Familiarity
from inference.head import Head, surest
from inference.loading import LoadedRelease, embed_whole
from modelstore.training.prototype import Newcomer, extended
from modelstore.training.reference_classifier import fit_references
from modelstore.training.variants import variants
from modelstore.training.views import Views

Features = NDArray[np.float32]
Labels = NDArray[np.int64]
LEARNT = 8
"""Photos of each SKU that the release learnt from, the first ones."""
REFITTED = (3, 5, 8)
SURE = 0.5


@dataclass(frozen=True, eq=False)
class Groceries:
    """views: [N, V, D] of photos, themselves first; labels: [N]; other_day: [N], taken in other shops on other days."""

    views: Features
    labels: Labels
    other_day: NDArray[np.bool_]

    def first(self, sku: int, count: int) -> Labels:
        return np.flatnonzero((self.labels == sku) & ~self.other_day)[:count]


def groceries(folder: Path, release: LoadedRelease) -> Groceries:
    views, classes, days = [], [], []
    for split in ("train", "val"):
        for line in (folder / f"{split}.txt").read_text().split("\n"):
            if line.strip():
                path, fine, _ = line.split(",")
                pixels = torch.from_numpy(load_rgb(folder / path.strip())).permute(2, 0, 1).contiguous()
                views.append(embed_whole(release, variants(pixels)).numpy())
                classes.append(int(fine))
                days.append(split == "val")
    _, labels = np.unique(classes, return_inverse=True)
    return Groceries(np.array(views, np.float32), labels, np.array(days))


def fitted(known: Groceries, skus: Sequence[int], release: LoadedRelease, added: tuple[int, int] | None = None) -> Head:
    """added: a SKU that was added from so many photos, which are learnt with their views, as a refit does."""
    rows = [known.first(sku, added[1] if added and sku == added[0] else LEARNT) for sku in skus]
    photos, labels = np.concatenate(rows), np.repeat(np.arange(len(skus)), [len(row) for row in rows])
    features, views = known.views[photos, 0], None
    if added:
        parents = np.flatnonzero(known.labels[photos] == added[0])
        shown = known.views[photos[parents], 1:]
        views = Views(shown.reshape(-1, features.shape[1]), np.repeat(parents, shown.shape[1]))
    made = fit_references(features, labels, features[:0], release.columns_by_kind, views=views).regression
    weight, bias = made.coefficients.astype(np.float32), made.intercepts.astype(np.float32)
    return Head(weight, bias, made.temperature, None, made.familiarity)


def tallied(head: Head, order: Sequence[int], known: Groceries, sku: int) -> NDArray[np.float64]:
    """[2, 5], same days and other days: photos of the SKU that are named rightly, and that are so surely enough, of how
    many; photos of others that are named rightly, of how many."""
    asked = np.ones(len(known.labels), bool)
    asked[np.concatenate([known.first(one, LEARNT) for one in np.unique(known.labels)])] = False
    rows, sure = surest(head.probabilities(known.views[:, 0]), len(order))
    right = np.array(order)[rows] == known.labels
    own = known.labels == sku
    return np.array([
        [(right & own)[day].sum(), (right & own & (sure >= SURE))[day].sum(), own[day].sum(),
         (right & ~own)[day].sum(), (~own)[day].sum()]
        for day in (asked & ~known.other_day, asked & known.other_day)
    ], float)  # fmt: skip


def curve(known: Groceries, release: LoadedRelease) -> None:
    """Each SKU in turn is the one that is added."""
    skus = list(range(int(known.labels.max()) + 1))
    refit = fitted(known, skus, release)
    totals = {f"trained with {LEARNT}": sum(tallied(refit, skus, known, sku) for sku in skus)}
    bases = {sku: fitted(known, [one for one in skus if one != sku], release) for sku in skus}
    for count in PHOTOS:
        totals[f"added from {count}"] = sum(_added(bases[sku], known, sku, count, skus, release) for sku in skus)
    for count in REFITTED:
        totals[f"refitted, from {count}"] = sum(
            tallied(fitted(known, skus, release, (sku, count)), skus, known, sku) for sku in skus
        )
    totals["without it"] = sum(tallied(bases[sku], [one for one in skus if one != sku], known, sku) for sku in skus)
    print("\n| | its photos | surely enough | other SKUs' | other days: its photos | surely enough | other SKUs' |")
    print("| --- |" + " ---: |" * 6)
    for name, total in totals.items():
        (top, sure, own, others, all_others), late = np.asarray(total)
        cells = [top / own, sure / own, others / all_others, late[0] / late[2], late[1] / late[2], late[3] / late[4]]
        print(f"| {name} | " + " | ".join(f"{100 * cell:.1f} %" for cell in cells) + " |")


def _added(
    base: Head, known: Groceries, sku: int, count: int, skus: Sequence[int], release: LoadedRelease
) -> NDArray[np.float64]:
    features = known.views[known.first(sku, count)].reshape(-1, known.views.shape[2])
    made = extended(base, None, release.columns, [Newcomer(features)], SURE)
    return tallied(made.head, [*(one for one in skus if one != sku), sku], known, sku)


def shelves(seen: Sequence[Seen]) -> None:
    """Of the brand's own new flavours, and of products of other brands."""
    flavours, strangers = [one for one in seen if one.new.sister], [one for one in seen if not one.new.sister]
    print("\n| photos | other brands' | new flavours | the same, as large as known | other SKUs | before | stolen |")
    print("| ---: |" + " ---: |" * 6)
    for count in PHOTOS:
        strange, own, sized = counted(strangers, count), counted(flavours, count), counted(flavours, count, sized=True)
        every = strange + sized
        cells = [f"{one.named} of {one.shown} ({one.named / one.shown:.0%})" for one in (strange, own, sized)]
        cells += [f"{100 * every.kept / every.known:.2f} %", f"{100 * every.before / every.known:.2f} %"]
        cells += [f"{every.stolen} of {every.known + every.others}"]
        print(f"| {count} | " + " | ".join(cells) + " |")


def timed() -> None:
    """One SKU of eight photos and their variants, beside 300, of embeddings as DINOv2-S and CLIP ViT-B/32 give."""
    rng = np.random.default_rng(0)
    columns = (slice(0, 384), slice(384, 896))
    middles = rng.normal(size=(300, 896))
    references = np.repeat(middles, 4, axis=0) + 0.6 * rng.normal(size=(1200, 896))
    references /= np.linalg.norm(references, axis=1, keepdims=True)
    familiarity = Familiarity(references.astype(np.float32), np.array([-5, 0.5, 6], np.float32))
    weight = 8 * middles / np.linalg.norm(middles, axis=1, keepdims=True)
    head = Head(weight.astype(np.float32), np.zeros(300, np.float32), 1.0, None, familiarity)
    features = (rng.normal(size=(1, 896)) + 0.6 * rng.normal(size=(72, 896))).astype(np.float32)
    start = monotonic()
    extended(head, None, columns, [Newcomer(features / np.linalg.norm(features, axis=1, keepdims=True))], SURE)
    print(f"\nOne SKU added to 300: {monotonic() - start:.2f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    arguments = parser.parse_args()
    timed()
    shelves(look_at_all(arguments.processes))
    if arguments.data:
        opened = open_catalogue(JORDINA)[1]
        curve(groceries(arguments.data / "grocerystore_packages", opened), opened)
