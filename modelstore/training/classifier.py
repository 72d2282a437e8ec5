"""The classifier of a brand, from what the detector cuts out of labelled shelves.

A logistic regression with one row more than there are SKUs: it learns what is none of them. Whether a product is one of
the brand's is then judged together with its nearness to the brand's embeddings, and its size with its neighbours'; all
that decides how sure an answer is comes from shelves that were held out, so that 0.8 means right four times in five.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression

from inference.bundle import Regression
from inference.familiarity import Familiarity, evidence
from inference.head import Head, head_from, packed_head
from inference.manifest import HeadSpec
from inference.shelf.context import ShelfContext
from inference.weights import arrays
from modelstore.training.familiarity import learn_familiarity, references
from modelstore.training.labelled_shelf import LabelledShelf
from modelstore.training.sizes import learn_run, learn_sizes

STRENGTHS = (3.0, 30.0, 300.0)
_LEAST = 1e-9
Features = NDArray[np.float32]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Crops:
    """features: float32 [N, D]; labels: [N], the SKU's position, or the number of SKUs for what is none of them."""

    features: Features
    labels: Labels


def fit(
    training: Sequence[LabelledShelf],
    held_out: Sequence[LabelledShelf],
    skus: int,
    more: Crops | None = None,
    strengths: Sequence[float] = STRENGTHS,
) -> Regression:
    """Regularisation, familiarity and temperature are chosen on the shelves held out.

    more: crops that are on no shelf, to learn from; strengths: scikit-learn's C, to be tried. Every SKU must occur in
    what is learnt from."""
    learnt, others = _crops(training, skus, more), _crops(held_out, skus)
    sizes = learn_sizes(training, skus)
    context = ShelfContext(sizes, learn_run(training)) if sizes else None
    kept = references(learnt.features, learnt.labels, skus)
    tried = [
        _honest(_plain(learnt, others, strength, skus), kept, others, held_out, skus, context) for strength in strengths
    ]
    return min(tried, key=lambda entry: entry[0])[1]


def _plain(learnt: Crops, others: Crops, strength: float, skus: int) -> Regression:
    model = LogisticRegression(C=strength, max_iter=1500).fit(learnt.features, learnt.labels)
    return Regression(model.coef_, model.intercept_, others.features[:16], reject=bool((learnt.labels == skus).any()))


def _honest(
    plain: Regression,
    kept: Features,
    others: Crops,
    held_out: Sequence[LabelledShelf],
    skus: int,
    context: ShelfContext | None,
) -> tuple[float, Regression]:
    """With everything else that a release knows, and how unlikely that makes what is on the shelves held out."""
    familiar = replace(plain, familiarity=_familiarity(plain, kept, others, skus), context=context)
    loss, temperature = _temperature(familiar, held_out, skus)
    return loss, replace(familiar, temperature=temperature)


def _crops(shelves: Sequence[LabelledShelf], skus: int, more: Crops | None = None) -> Crops:
    """What is none of the SKUs has the last row."""
    features = [shelf.features[shelf.told] for shelf in shelves] + ([more.features] if more else [])
    labels = [shelf.labels[shelf.told] for shelf in shelves] + ([more.labels] if more else [])
    together = np.concatenate(labels)
    return Crops(np.concatenate(features), np.where(together < 0, skus, together))


def _familiarity(plain: Regression, kept: Features, others: Crops, skus: int) -> Familiarity | None:
    head = _head(plain, 1.0, skus)
    odds = head.log_odds(others.features @ head.weight.T + head.bias)
    return learn_familiarity(kept, evidence(kept, others.features, odds), np.asarray(others.labels < skus))


def _head(regression: Regression, temperature: float, skus: int) -> Head:
    """As it will be after it was stored."""
    stored = arrays(packed_head(regression.coefficients, regression.intercepts, regression.more()))
    return head_from(HeadSpec("", "", temperature, skus if regression.reject else None), stored, skus)


def _temperature(whole: Regression, held_out: Sequence[LabelledShelf], skus: int) -> tuple[float, float]:
    """The least mean loss after everything else has had its say, and the temperature that reaches it."""

    def loss(log_temperature: float) -> float:
        answers, labels = judged(replace(whole, temperature=float(np.exp(log_temperature))), held_out, skus)
        return float(-np.log(np.maximum(answers[np.arange(len(labels)), labels], _LEAST)).mean())

    best = minimize_scalar(loss, bounds=(-1.5, 2), method="bounded", options={"xatol": 0.02})
    return float(best.fun), float(np.exp(best.x))


def judged(regression: Regression, shelves: Sequence[LabelledShelf], skus: int) -> tuple[NDArray[np.float32], Labels]:
    """What a release would answer, [N, K + 1] or [N, K] when it knows of nothing else, and what is right, [N]."""
    head = _head(regression, regression.temperature, skus)
    answers = [_answers(head, regression.context, shelf)[shelf.told] for shelf in shelves]
    return np.concatenate(answers), _crops(shelves, skus).labels


def _answers(head: Head, context: ShelfContext | None, shelf: LabelledShelf) -> NDArray[np.float32]:
    answers = head.probabilities(shelf.features)
    return context.applied(answers, shelf.found, shelf.size) if context else answers
