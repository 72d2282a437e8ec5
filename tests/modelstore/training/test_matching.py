"""Scoring of detections."""

import numpy as np

from modelstore.training.matching import average_precision


def test_perfect_detections_have_an_average_precision_of_one() -> None:
    assert average_precision(np.array([0.9, 0.8], np.float32), np.array([True, True]), 2) == 1.0


def test_a_false_detection_ranked_first_halves_the_precision() -> None:
    assert average_precision(np.array([0.9, 0.8], np.float32), np.array([False, True]), 1) == 0.5
