"""SKUs added to a classifier as it stands, from a few photos of each, without any photo of the others.

Every row that is there stays as it is; each new SKU gets one. The rows are a logistic regression whose other side is
the classifier itself: what it makes of a product, sizes and shelves aside, is the logit to be beaten. The references
that a release carries stand in for the photos of its SKUs, which it need not have.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from inference.bundle import Regression
from inference.familiarity import Familiarity
from inference.head import Head, surest
from inference.shelf.context import ShelfContext
from modelstore.errors import TrainingRefused

Features = NDArray[np.float32]
Floats = NDArray[np.float64]
_MARGIN = 4.0
"""By how much a new SKU's photos must win, in softened logits: shelf crops look worse than the photos. Without it a
fifth fewer facings were named on rendered shelves; with twice as much, rivals got the new SKU's name."""
_RIDGE = 1e-6
_EXAMPLES = 3


@dataclass(frozen=True, eq=False)
class Newcomer:
    """features: what a new SKU's photos, and the variants of them, look like, [N, D]; as_large_as: the row of a SKU
    that stands equally large on a shelf, where somebody knows of one."""

    features: Features
    as_large_as: int | None = None


@dataclass(frozen=True)
class Kept:
    """What the other SKUs' references answer afterwards: of `references` so many as before, and which SKUs' (by row)
    do not, how often."""

    references: int
    unchanged: int
    changed: dict[int, int]

    @property
    def share(self) -> float:
        return self.unchanged / self.references


@dataclass(frozen=True)
class Extended:
    """head, regression: with the new SKUs' rows behind the others; kept: what that does to the others."""

    head: Head
    regression: Regression
    kept: Kept


def extended(
    head: Head, context: ShelfContext | None, columns: Sequence[slice], newcomers: Sequence[Newcomer], sku_conf: float
) -> Extended:
    """columns: those of each encoder; sku_conf: from which confidence on an answer counts. Raises TrainingRefused."""
    if head.familiarity is None:
        raise TrainingRefused(
            "The release that answers now carries no reference embeddings, which stand in for the photos of its SKUs: "
            "it was trained without negatives on three SKUs or fewer, or long ago. Train it again with "
            "manage.py train_release, with the new SKU among the photos."
        )
    known = stand_ins(head.familiarity, columns)
    seen = [newcomer.features for newcomer in newcomers]
    grown = _with_rows(head, *_rows(head, known, seen), head.familiarity, np.concatenate(seen))
    larger = _with_sizes(context, [newcomer.as_large_as for newcomer in newcomers]) if context else None
    examples = np.concatenate([known[:_EXAMPLES], *(some[:1] for some in seen)])
    return Extended(grown, _regression(grown, larger, examples), _kept(head, grown, known, sku_conf))


def stand_ins(familiarity: Familiarity, columns: Sequence[slice]) -> Features:
    """Embeddings as the encoders answer them, each part of length one: [R, D]."""
    parts = [familiarity.references[:, part] for part in columns]
    return np.concatenate([part / np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1e-9) for part in parts], 1)


def _rows(head: Head, known: Features, newcomers: Sequence[Features]) -> tuple[Floats, Floats]:
    """weight [M, D] and bias [M]: the least loss, where each new SKU weighs as much as one that is there."""
    shown = np.concatenate([known, *newcomers]).astype(np.float64)
    counts = [len(known), *map(len, newcomers)]
    owner = np.repeat(np.arange(len(counts)), counts)
    each = np.array([1.0, *(len(known) / _skus(head) / count for count in counts[1:])])[owner]
    to_beat = logsumexp((shown @ head.weight.T + head.bias) / head.temperature, axis=1) + _MARGIN * (owner > 0)
    middle = known.mean(axis=0)
    scale = float(np.sqrt(((shown - middle) ** 2).sum(axis=1).mean()))
    rows = _fitted((shown - middle) / scale, to_beat, owner, each / each.sum()) * head.temperature
    weight = rows[:, :-1] / scale
    return weight, rows[:, -1] - weight @ middle


def _fitted(shown: Floats, to_beat: Floats, owner: NDArray[np.int64], weights: Floats) -> Floats:
    """[M, D + 1], biases last. Convex, so the start does not matter."""
    count, length = int(owner.max()), shown.shape[1] + 1
    inputs = np.concatenate([shown, np.ones((len(shown), 1))], axis=1)
    targets = np.eye(count + 1)[owner]

    def loss(flat: Floats) -> tuple[float, Floats]:
        rows = flat.reshape(count, length)
        logits = np.concatenate([to_beat[:, None], inputs @ rows.T], axis=1)
        total = logsumexp(logits, axis=1)
        wrong = (np.exp(logits - total[:, None]) - targets) * weights[:, None]
        held = rows * np.append(np.ones(length - 1), 0.0)
        value = weights @ (total - (logits * targets).sum(axis=1)) + _RIDGE / 2 * (held**2).sum()
        return float(value), (wrong[:, 1:].T @ inputs + _RIDGE * held).ravel()

    start = np.zeros((count, length))
    start[:, -1] = [to_beat[owner == row].mean() for row in range(1, count + 1)]
    return np.asarray(minimize(loss, start.ravel(), jac=True, method="L-BFGS-B").x.reshape(count, length))


def _with_rows(head: Head, weight: Floats, bias: Floats, familiarity: Familiarity, seen: Features) -> Head:
    """The row for "none of these" stays the last; what the new SKUs look like, [N, D], is familiar from now on."""
    skus = _skus(head)
    unit = seen / np.linalg.norm(seen, axis=1, keepdims=True)
    return Head(
        np.insert(head.weight, skus, weight, axis=0).astype(np.float32),
        np.insert(head.bias, skus, bias).astype(np.float32),
        head.temperature,
        None if head.reject is None else skus + len(weight),
        replace(familiarity, references=np.concatenate([familiarity.references, unit.astype(np.float32)])),
    )


def _kept(before: Head, after: Head, known: Features, sku_conf: float) -> Kept:
    """An answer is a SKU and whether it is sure enough to be given."""
    old, new = (surest(head.probabilities(known), _skus(head)) for head in (before, after))
    same = (old[0] == new[0]) & ((old[1] >= sku_conf) == (new[1] >= sku_conf))
    return Kept(len(known), int(same.sum()), dict(Counter(old[0][~same].tolist()).most_common()))


def _skus(head: Head) -> int:
    return len(head.weight) - (head.reject is not None)


def _regression(head: Head, context: ShelfContext | None, examples: Features) -> Regression:
    return Regression(
        head.weight, head.bias, examples.astype(np.float32), head.temperature, head.reject is not None,
        head.familiarity, context,
    )  # fmt: skip


def _with_sizes(context: ShelfContext, as_large_as: Sequence[int | None]) -> ShelfContext:
    """Where nobody knows of a SKU that stands as large, nothing is known of the size."""
    known = context.sizes.log_sides
    added = [np.full(2, np.nan) if row is None else known[row] for row in as_large_as]
    return replace(context, sizes=replace(context.sizes, log_sides=np.concatenate([known, added])))
