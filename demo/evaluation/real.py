"""Figures on real photos: boxes in fridges, and what the frozen encoders know of groceries."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from demo.crop_store import grocerystore_photos
from demo.evaluation.figures import Figure
from demo.training_photos import load_rgb
from inference.detector import Detector
from inference.encoders import Encoder
from inference.matching import match
from modelstore.training.matching import average_precision

_LOWEST = 0.01
DET_CONF = 0.25
_STRENGTHS = (0.001, 0.01, 0.1, 1.0, 10.0)


@dataclass(frozen=True)
class Labelled:
    """A photo and the boxes [N, 4] that somebody else drew around its products."""

    photo: Path
    boxes: torch.Tensor


@dataclass(frozen=True)
class Found:
    """AP50 over some photos; at the usual threshold, how many of the boxes are found, by how many detections."""

    ap50: float
    photos: int
    boxes: int
    found: int
    detections: int


def fridges(folder: Path) -> list[Labelled]:
    """azure_fridge: every photo that has boxes."""
    paths = sorted(path for path in folder.rglob("*.jpg") if path.with_suffix(".bboxes.tsv").exists())
    tables = (np.loadtxt(path.with_suffix(".bboxes.tsv"), dtype=np.float32, ndmin=2) for path in paths)
    return [Labelled(path, torch.from_numpy(table)) for path, table in zip(paths, tables, strict=True)]


def crackers(folder: Path) -> list[Labelled]:
    """demo_shelves: the one dense shelf with boxes, which are another recognition system's, not a person's."""
    listed = json.loads((folder / "azure_ritz_shelf.result.json").read_text())["products"]
    boxes = torch.tensor([[product["boundingBox"][side] for side in "xywh"] for product in listed], dtype=torch.float32)
    return [Labelled(folder / "azure_ritz_shelf.jpg", torch.cat([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], dim=1))]


def detect(labelled: Sequence[Labelled], detector: Detector) -> Found:
    scores, right = [], []
    for one in labelled:
        image = torch.from_numpy(load_rgb(one.photo)).permute(2, 0, 1).contiguous()
        found = detector.detect(image, _LOWEST).cpu()
        scores.append(found[:, 4].numpy())
        right.append(match(found[:, :4], one.boxes).facing >= 0)
    confidence, hit = np.concatenate(scores), np.concatenate(right)
    boxes = sum(len(one.boxes) for one in labelled)
    shown = confidence >= DET_CONF
    ap50 = average_precision(confidence, hit, boxes)
    return Found(ap50, len(labelled), boxes, int(hit[shown].sum()), int(shown.sum()))


def probe(folder: Path, encoders: Sequence[Encoder]) -> Figure:
    """Top-1 on `val.txt` of a logistic regression fitted on standardised frozen features of `train.txt`.

    Wilson interval."""
    features, labels = frozen_features(folder, "train", encoders)
    search = GridSearchCV(
        make_pipeline(StandardScaler(), LogisticRegression(max_iter=3000)),
        {"logisticregression__C": _STRENGTHS},
        cv=StratifiedKFold(4, shuffle=True, random_state=0),
    ).fit(features, labels)
    unseen, truth = frozen_features(folder, "val", encoders)
    return _wilson(int((search.predict(unseen) == truth).sum()), len(truth))


def frozen_features(
    folder: Path, split: str, encoders: Sequence[Encoder]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Each encoder's embeddings of unit length, side by side, as serving has them."""
    parts = []
    for encoder in encoders:
        crops, labels = grocerystore_photos(folder, split, encoder.spec.image_size)
        parts.append(encoder.encode(torch.from_numpy(crops)).cpu().numpy())
    return np.concatenate(parts, axis=1), labels


def _wilson(right: int, count: int, z: float = 1.96) -> Figure:
    share = right / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z / (1 + z * z / count) * float(np.sqrt(share * (1 - share) / count + z * z / (4 * count * count)))
    return Figure(share, middle - reach, middle + reach)
