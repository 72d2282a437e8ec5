"""What training from reference photos is worth, beside scaled logistic regression on the same frozen features.

    python -m demo.evaluation.heads --data FOLDER

FOLDER holds grocerystore_packages. Prints the tables of docs/training.md.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import cast

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold, StratifiedShuffleSplit
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from demo.catalogues import catalogues
from demo.evaluation.reading import open_catalogue
from demo.evaluation.real import frozen_features
from inference.bundle import Regression
from inference.head import Head, surest
from modelstore.training.reference_classifier import fit_references

Features = NDArray[np.float32]
Labels = NDArray[np.int64]
SPLITS = 5
PHOTOS = (3, 5, 8, 15, 1000)
"""The last is all of them."""
_STRENGTHS = (0.001, 0.01, 0.1, 1.0, 10.0)


def ours(features: Features, labels: Labels, columns: dict[str, slice]) -> Head:
    trained = fit_references(features, labels, features[:0], columns).regression
    return _head(trained)


def _head(trained: Regression) -> Head:
    weight, bias = trained.coefficients.astype(np.float32), trained.intercepts.astype(np.float32)
    return Head(weight, bias, trained.temperature, None, trained.familiarity)


def scaled(features: Features, labels: Labels) -> Pipeline:
    """The baseline, its C chosen by the same five folds."""
    folds = StratifiedKFold(min(5, int(np.bincount(labels).min())), shuffle=True, random_state=0)
    search = GridSearchCV(
        make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)),
        {"logisticregression__C": _STRENGTHS},
        cv=folds,
    )
    return cast(Pipeline, search.fit(features, labels).best_estimator_)


def splits(labels: Labels) -> Iterator[tuple[Labels, Labels, NDArray[np.bool_]]]:
    """Photos learnt from, photos asked about, and whether the latter's SKU was left out of the former."""
    skus = np.arange(int(labels.max()) + 1)
    halves = StratifiedShuffleSplit(SPLITS, test_size=0.5, random_state=0)
    for number, (learnt, asked) in enumerate(halves.split(labels, labels)):
        unknown = skus[skus % SPLITS == number]
        yield learnt[~np.isin(labels[learnt], unknown)], asked, np.isin(labels[asked], unknown)


def compared(features: Features, labels: Labels, columns: dict[str, slice]) -> None:
    rows: dict[str, list[tuple[float, float]]] = {"ours": [], "scaled logistic regression": []}
    for learnt, asked, unknown in splits(labels):
        present, position = np.unique(labels[learnt], return_inverse=True)
        best, sure = surest(ours(features[learnt], position, columns).probabilities(features[asked]), len(present))
        rows["ours"].append(_scores(present[best], sure, labels[asked], unknown))
        chances = scaled(features[learnt], position).predict_proba(features[asked])
        rows["scaled logistic regression"].append(
            _scores(present[chances.argmax(axis=1)], chances.max(axis=1), labels[asked], unknown)
        )
    print("\n| classifier | top-1 of known SKUs | unknown AUROC |\n| --- | ---: | ---: |")
    for name, scores in rows.items():
        (top, auroc), (top_off, auroc_off) = np.mean(scores, axis=0), np.std(scores, axis=0)
        print(f"| {name} | {100 * top:.1f} % (± {100 * top_off:.1f}) | {auroc:.4f} (± {auroc_off:.4f}) |")


def _scores(answer: Labels, sure: Features, truth: Labels, unknown: NDArray[np.bool_]) -> tuple[float, float]:
    right = float((answer == truth)[~unknown].mean())
    return right, float(roc_auc_score(~unknown, sure))


def curve(learnt: tuple[Features, Labels], asked: tuple[Features, Labels], columns: dict[str, slice]) -> None:
    """The first so many photos of each SKU."""
    features, labels = learnt
    print("\n| photos a SKU | top-1 | scaled logistic regression |\n| ---: | ---: | ---: |")
    for count in PHOTOS:
        kept = np.concatenate([np.flatnonzero(labels == sku)[:count] for sku in np.unique(labels)])
        best, _ = surest(ours(features[kept], labels[kept], columns).probabilities(asked[0]), int(labels.max()) + 1)
        other = scaled(features[kept], labels[kept]).score(*asked)
        told = min(count, int(np.bincount(labels).max()))
        print(f"| {told} | {100 * (best == asked[1]).mean():.0f} % | {100 * other:.0f} % |")


def timed() -> None:
    """50 SKUs of 20 photos each, of embeddings as long as DINOv2-S and CLIP ViT-B/32 give together."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(50), 20)
    features = (rng.normal(size=(50, 896))[labels] + rng.normal(size=(1000, 896))).astype(np.float32)
    start = monotonic()
    fit_references(features, labels, features[:0], {"dinov2": slice(0, 384), "open_clip": slice(384, 896)})
    print(f"\n50 SKUs of 20 photos, 896 numbers each: {monotonic() - start:.1f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    folder = parser.parse_args().data / "grocerystore_packages"
    timed()
    release = open_catalogue(catalogues()[0])[1]
    (learnt, named), (asked, truth) = (frozen_features(folder, split, release.encoders) for split in ("train", "val"))
    classes, rows = np.unique(named, return_inverse=True)
    train, val = (learnt, rows), (asked, np.searchsorted(classes, truth))
    compared(*train, release.columns_by_kind)
    curve(train, val, release.columns_by_kind)
