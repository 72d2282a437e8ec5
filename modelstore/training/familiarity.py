"""What lets a release tell its own products from others: see inference/familiarity.py."""

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression

from inference.familiarity import Familiarity, Floats

REFERENCES = 400
"""About so many embeddings a brand: 0.7 MB of 896 numbers each."""
_FEWEST, _MOST = 4, 32
UNKNOWN = 0.4
"""Share of products that are none of the SKUs for which confidences are right. Held-out shelves have fewer, but a
shop's are harder: rivals there are made to look like the brand."""


def references(features: Floats, labels: NDArray[np.int64], skus: int) -> Floats:
    """The middles of each SKU's clusters, of unit length: [R, D]."""
    each = int(np.clip(REFERENCES // max(skus, 1), _FEWEST, _MOST))
    middles = [_middles(features[labels == sku], each) for sku in range(skus) if (labels == sku).any()]
    return np.concatenate(middles).astype(np.float32)


def _middles(features: Floats, count: int) -> Floats:
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    middles = KMeans(min(count, len(np.unique(unit, axis=0))), n_init=1, random_state=0).fit(unit).cluster_centers_
    return np.asarray(middles / np.linalg.norm(middles, axis=1, keepdims=True))


def learn_familiarity(kept: Floats, seen: Floats, known: NDArray[np.bool_]) -> Familiarity | None:
    """kept: references [R, D]; seen: inference's `evidence` [N, 3] of products that were not learnt from; known: [N],
    whether they are the brand's. None when all of them are or none is: nothing could be learnt."""
    if known.all() or not known.any():
        return None
    model = LogisticRegression(C=1e4, max_iter=5000, fit_intercept=False)
    model.fit(seen, known, sample_weight=importance(known))
    return Familiarity(kept, model.coef_[0].astype(np.float32))


def importance(known: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights [N] under which UNKNOWN of the products are none of the brand's."""
    return np.asarray(np.where(known, (1 - UNKNOWN) / known.mean(), UNKNOWN / (~known).mean()))
