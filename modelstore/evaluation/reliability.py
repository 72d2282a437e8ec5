"""Is a confidence of 0.8 right four times in five? And could a figure like this be chance?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modelstore.evaluation.answers import Calibration
from modelstore.evaluation.confidence import TENTHS, bins, calibration_error

_DRAWS = 1000
_FEWEST_DRAWS = 100
_LARGEST = 4_000_000
_BAND = (2.5, 97.5)
_DIGITS = 4


@dataclass(frozen=True)
class Tenth:
    """Answers whose confidence is from `start` to `end`. confidence: their mean; right: their share; expected_low,
    expected_high: between which that share lies 95 times in 100 when every confidence is what it says."""

    start: float
    end: float
    answers: int
    confidence: float
    right: float
    expected_low: float
    expected_high: float

    @property
    def as_expected(self) -> bool:
        return self.expected_low <= self.right <= self.expected_high


@dataclass(frozen=True)
class Reliability:
    """ece: the expected calibration error; expected_low, expected_high: what it would be, 95 times in 100, for as many
    answers when every confidence is what it says; surplus: mean confidence less share of right answers."""

    answers: int
    ece: float
    expected_low: float
    expected_high: float
    surplus: float
    tenths: tuple[Tenth, ...]

    @property
    def as_expected(self) -> bool:
        return self.ece <= self.expected_high


def reliability(judged: Calibration) -> Reliability | None:
    """None without answers. Tenths without any are left out."""
    if not len(judged.right):
        return None
    which, weights = bins(judged.confidences), judged.weights
    simulated = _simulated(judged)
    masses = np.bincount(which, weights=weights, minlength=TENTHS)
    hoped = np.bincount(which, weights=weights * judged.confidences, minlength=TENTHS)
    errors = np.abs(simulated - hoped).sum(axis=1) / masses.sum()
    low, high = np.percentile(errors, _BAND)
    surplus = weights @ (judged.confidences - judged.right) / masses.sum()
    ece = calibration_error(judged)(np.ones(len(which)))
    tenths = tuple(_tenth(k, judged, simulated[:, k]) for k in range(TENTHS) if masses[k])
    return Reliability(len(judged.right), _rounded(ece), _rounded(low), _rounded(high), _rounded(surplus), tenths)


def _simulated(judged: Calibration) -> NDArray[np.float64]:
    """[draws, 10]: the weight of right answers in each tenth, were they right as often as their confidences say."""
    rng, which, count = np.random.default_rng(0), bins(judged.confidences), len(judged.right)
    draws = int(np.clip(_LARGEST // count, _FEWEST_DRAWS, _DRAWS))
    right = (rng.random(count) < judged.confidences for _ in range(draws))
    return np.array([np.bincount(which, weights=judged.weights * row, minlength=TENTHS) for row in right])


def _tenth(number: int, judged: Calibration, simulated: NDArray[np.float64]) -> Tenth:
    own = bins(judged.confidences) == number
    mass = judged.weights[own].sum()
    confidence, right = (judged.weights[own] @ part[own] / mass for part in (judged.confidences, judged.right))
    low, high = np.percentile(simulated / mass, _BAND)
    shares = (_rounded(share) for share in (confidence, right, low, high))
    return Tenth(number / TENTHS, (number + 1) / TENTHS, int(own.sum()), *shares)


def _rounded(value: float) -> float:
    return round(float(value), _DIGITS)
