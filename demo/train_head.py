"""The classifier of a brand: a logistic regression on what the real detector cuts out of rendered shelves.

One more row than there are SKUs learns what is none of them: rivals, and boxes around no product. The
temperature is fitted on other shelves with other rivals, so that 0.8 means right four times in five.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

from demo.matching import match
from demo.shelf.photo import Photo
from inference.bundle import Regression
from inference.loading import LoadedRelease, embed

CONFIDENCE = 0.15
_NOTHING = 0.3
"""Below this overlap with any facing a detection shows no product in particular."""
_STRENGTHS = (3.0, 30.0, 300.0)


@dataclass(frozen=True)
class Examples:
    """features float32 [N, D] and labels int64 [N]: the SKU's position, or the number of SKUs for none."""

    features: NDArray[np.float32]
    labels: NDArray[np.int64]


def gather(photo: Photo, networks: LoadedRelease, skus: Sequence[str]) -> Examples:
    """Detect, match to the truth, embed: what serving will see, with its labels."""
    row = {sku: position for position, sku in enumerate(skus)}
    image = torch.from_numpy(photo.image).permute(2, 0, 1).contiguous()
    found = networks.detector.detect(image, CONFIDENCE)[:, :4].cpu()
    truth = [facing.box for facing in (*photo.facings, *photo.hidden)]
    matched = match(found, torch.tensor(truth).reshape(-1, 4))
    shown = matched.facing < len(photo.facings)
    usable = shown & ((matched.facing >= 0) | (matched.overlap < _NOTHING))
    names = [photo.facings[k].sku if k >= 0 else None for k in matched.facing[usable]]
    labels = np.array([row.get(name or "", len(skus)) for name in names], np.int64)
    return Examples(embed(networks, image, found[torch.from_numpy(usable)]).numpy(), labels)


def joined(parts: Sequence[Examples]) -> Examples:
    return Examples(np.concatenate([part.features for part in parts]), np.concatenate([part.labels for part in parts]))


def fit(training: Examples, calibration: Examples) -> Regression:
    """Strength of the regularisation and temperature are chosen on the calibration shelves."""
    tried = []
    for strength in _STRENGTHS:
        model = LogisticRegression(C=strength, max_iter=1500).fit(training.features, training.labels)
        tried.append((*_temperature(model.decision_function(calibration.features), calibration.labels), model))
    likelihood, temperature, best = min(tried, key=lambda entry: entry[0])
    print(f"C = {best.C:g}, calibration loss {likelihood:.3f}", flush=True)
    return Regression(best.coef_, best.intercept_, calibration.features[:16], temperature, reject=True)


def _temperature(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> tuple[float, float]:
    """The least mean negative log likelihood, and the temperature that reaches it."""

    def loss(log_temperature: float) -> float:
        scaled = log_softmax(logits / np.exp(log_temperature), axis=1)
        return float(-scaled[np.arange(len(labels)), labels].mean())

    best = minimize_scalar(loss, bounds=(-2, 3), method="bounded")
    return float(best.fun), float(np.exp(best.x))
