"""Views of a photo go where their photo goes."""

import numpy as np

from modelstore.training.cross_validation import Fold
from modelstore.training.views import Views

VIEWS = Views(np.arange(8, dtype=np.float32).reshape(4, 2), np.array([1, 1, 2, 2]))
PHOTOS, LABELS = np.zeros((3, 2), np.float32), np.array([0, 1, 1])


def test_they_stand_behind_the_photos_with_the_label_of_their_own() -> None:
    features, labels = VIEWS.beside(PHOTOS, LABELS)
    assert np.array_equal(features[3:], VIEWS.features)
    assert labels.tolist() == [0, 1, 1, 1, 1, 1, 1]


def test_where_a_photo_is_asked_about_its_views_are_not_learnt() -> None:
    """It would be a photo that the classifier has seen."""
    (fold,) = VIEWS.learnt_with([Fold(np.array([0, 2]), np.array([1]))], len(PHOTOS))
    assert (fold.learnt.tolist(), fold.asked.tolist()) == ([0, 2, 5, 6], [1])
