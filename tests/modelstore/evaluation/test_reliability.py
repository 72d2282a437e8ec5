"""Confidences that are what they say are not blamed, and others are."""

import numpy as np
import pytest

from modelstore.evaluation.answers import Calibration
from modelstore.evaluation.reliability import Reliability, reliability


def judged(power: float, seed: int = 0, count: int = 1000) -> Reliability:
    """power: 1 for confidences that are right as often as they say, more for less often."""
    rng = np.random.default_rng(seed)
    confidences = rng.random(count)
    right = rng.random(count) < confidences**power
    found = reliability(Calibration(confidences, right, np.ones(count, bool), np.ones(count)))
    assert found is not None
    return found


def test_honest_confidences_are_as_expected() -> None:
    assert sum(judged(1, seed).as_expected for seed in range(20)) >= 18


def test_so_are_nearly_all_of_their_tenths() -> None:
    assert np.mean([tenth.as_expected for seed in range(20) for tenth in judged(1, seed).tenths]) > 0.9


def test_confidences_that_are_too_high_are_not() -> None:
    found = judged(2)
    assert not found.as_expected
    assert found.surplus > 0.1


def test_few_answers_are_blamed_for_less() -> None:
    assert judged(1, count=30).expected_high > 3 * judged(1, count=1000).expected_high


def test_a_tenth_tells_its_answers() -> None:
    right = np.array([True, True, True, False, True])
    found = reliability(Calibration(np.array([0.82, 0.84, 0.86, 0.88, 1.0]), right, right, np.ones(5)))
    assert found is not None
    eighth, last = found.tenths
    assert (eighth.start, eighth.end, eighth.answers, eighth.confidence, eighth.right) == (0.8, 0.9, 4, 0.85, 0.75)
    assert (last.end, last.answers, last.confidence, last.right) == (1, 1, 1, 1)


def test_what_weighs_more_counts_for_more() -> None:
    right = np.array([True, False])
    found = reliability(Calibration(np.array([0.55, 0.55]), right, right, np.array([3.0, 1.0])))
    assert found is not None
    assert (found.tenths[0].right, found.ece) == (0.75, pytest.approx(0.2))


def test_what_weighs_more_scatters_more() -> None:
    """A hundred answers of which one weighs as much as all others together are hardly more than two."""
    rng, even = np.random.default_rng(0), np.ones(100)
    uneven = np.where(np.arange(100) == 0, 99.0, 1.0)
    right = rng.random(100) < 0.75
    even_found, uneven_found = (reliability(Calibration(np.full(100, 0.75), right, right, w)) for w in (even, uneven))
    assert even_found is not None
    assert uneven_found is not None
    assert uneven_found.expected_high > 3 * even_found.expected_high
    assert uneven_found.expected_low < 0.2


def test_without_answers_there_is_none() -> None:
    none = np.zeros(0, bool)
    assert reliability(Calibration(np.zeros(0), none, none, np.zeros(0))) is None
