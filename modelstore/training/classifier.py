"""The classifier of a brand, from what the detector cuts out of labelled shelves.

A logistic regression with one row more than there are SKUs: it learns what is none of them. Whether a product is one of
the brand's is then judged together with its nearness to the brand's embeddings, and its size with its neighbours'; all
that decides how sure an answer is comes from shelves that were held out, so that 0.8 means right four times in five.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression

from inference.bundle import Regression
from inference.familiarity import Familiarity, evidence
from inference.head import Head
from inference.shelf.context import ShelfContext
from modelstore.training.familiarity import learn_familiarity, references
from modelstore.training.labelled_shelf import LabelledShelf
from modelstore.training.sizes import learn_run, learn_sizes
from modelstore.training.temperature import best_temperature

_STRENGTHS = (3.0, 30.0, 300.0)
_LEAST = 1e-9
Features = NDArray[np.float32]
Labels = NDArray[np.int64]


def fit(training: Sequence[LabelledShelf], held_out: Sequence[LabelledShelf], skus: int) -> Regression:
    """Regularisation, familiarity and temperature are chosen on the shelves held out."""
    features, labels = _crops(training, skus)
    model = _strongest(features, labels, *_crops(held_out, skus))
    plain = Regression(model.coef_, model.intercept_, _some(held_out), reject=True)
    familiar = replace(plain, familiarity=_familiarity(plain, features, labels, _crops(held_out, skus), skus))
    sizes = learn_sizes(training, skus)
    whole = replace(familiar, context=ShelfContext(sizes, learn_run(training)) if sizes else None)
    return replace(whole, temperature=_temperature(whole, held_out, skus))


def _crops(shelves: Sequence[LabelledShelf], skus: int) -> tuple[Features, Labels]:
    """Features and rows of the regression: what is none of the SKUs has the last."""
    features = np.concatenate([shelf.features[shelf.told] for shelf in shelves])
    labels = np.concatenate([shelf.labels[shelf.told] for shelf in shelves])
    return features, np.where(labels < 0, skus, labels)


def _some(shelves: Sequence[LabelledShelf]) -> Features:
    return next(shelf.features for shelf in shelves if len(shelf.features))[:16]


def _strongest(features: Features, labels: Labels, others: Features, truth: Labels) -> LogisticRegression:
    """The regularisation with which held-out crops are likeliest, at the temperature that suits it."""
    models = [LogisticRegression(C=strength, max_iter=1500).fit(features, labels) for strength in _STRENGTHS]
    losses = [best_temperature(model.decision_function(others), truth)[0] for model in models]
    return models[int(np.argmin(losses))]


def _familiarity(
    plain: Regression, features: Features, labels: Labels, held_out: tuple[Features, Labels], skus: int
) -> Familiarity | None:
    others, truth = held_out
    head = _head(plain, 1.0, skus)
    odds = head.log_odds(others @ head.weight.T + head.bias)
    kept = references(features, labels, skus)
    return learn_familiarity(kept, evidence(kept, others, odds), np.asarray(truth < skus))


def _head(regression: Regression, temperature: float, skus: int) -> Head:
    weight, bias = regression.coefficients.astype(np.float32), regression.intercepts.astype(np.float32)
    return Head(weight, bias, temperature, skus, regression.familiarity)


def _temperature(whole: Regression, held_out: Sequence[LabelledShelf], skus: int) -> float:
    """With which the right answers are likeliest, after everything else has had its say."""

    def loss(log_temperature: float) -> float:
        head = _head(whole, float(np.exp(log_temperature)), skus)
        return float(np.concatenate([_losses(head, whole.context, shelf) for shelf in held_out]).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-1.5, 2), method="bounded", options={"xatol": 0.02}).x))


def _losses(head: Head, context: ShelfContext | None, shelf: LabelledShelf) -> NDArray[np.float64]:
    answers = head.probabilities(shelf.features)
    if context:
        answers = context.applied(answers, shelf.found, shelf.size)
    labels = np.where(shelf.labels < 0, answers.shape[1] - 1, shelf.labels)
    return np.asarray(-np.log(np.maximum(answers[np.arange(len(labels)), labels], _LEAST))[shelf.told], np.float64)
