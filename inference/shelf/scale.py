"""Which size of a product it is, read from how large its neighbours are.

A crop does not tell a half-litre bottle from the same bottle in one and a half litres; the shelf around it does. A
photo's scale is what makes the sizes of all its facings fit together. It varies linearly over the photo (in
logarithms), is searched for from many starts by expectation maximisation, and where several explain the photo, all
count.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.shelf.facings import HEIGHT, WIDTH, Array, Facings
from inference.shelf.sizes import SIDES, Sizes

CANDIDATES = 8
"""SKUs of a facing that are weighed against each other; the others keep their place behind them."""
_START_EVERY = 0.1
_TOLERANCES = (3.0, 1.8, 1.1, 1.0, 1.0)
_POLISH = (1.0,) * 12
_LIKELIEST = 4
"""How much wider than learnt sizes may scatter, round by round; the likeliest few scales go on until they settle."""
_TOGETHER = 0.3
"""Neighbours err together, so a photo says less about its scale than so many independent facings would."""
_SAME_SCALE = 0.05
_STIFFNESS = np.array([1e-6, 0.1, 0.1])
_WIDTHS_FOLLOW = np.array([0.2, 0.3, 0.3])
"""How firmly the scale is held level, and that of widths to that of heights, in facings: a view from the side narrows
widths alone."""


def with_sizes(probabilities: Array, seen: Facings, sizes: Sizes) -> Array:
    """[N, K] or, with a column for "none of these", [N, K + 1]: the same once sizes are taken into account."""
    if len(probabilities) < 2 or not np.isfinite(sizes.log_sides).any():
        return probabilities
    return _Search(probabilities, seen, sizes).answer()


@dataclass(frozen=True)
class _Explained:
    """Of S scales: posterior of the candidates [S, N, M], evidence [S, N], density of others [S, N], and for each
    side how likely a candidate is seen whole [S, N, M]."""

    posterior: Array
    evidence: Array
    others: Array
    whole: tuple[Array, ...]


class _Search:
    """Scales are [S, 2, 3]: of heights and widths, their coefficients of a facing's place."""

    def __init__(self, probabilities: Array, seen: Facings, sizes: Sizes) -> None:
        self.probabilities, self.seen, self.sizes = probabilities, seen, sizes
        skus = len(sizes.log_sides)
        count = min(CANDIDATES, skus)
        self.candidates: NDArray[np.int64] = np.argpartition(-probabilities[:, :skus], count - 1, axis=1)[:, :count]
        self.prior = np.take_along_axis(probabilities, self.candidates, axis=1)
        self.remaining = np.maximum(1 - self.prior.sum(axis=1), 0.0)
        expected = sizes.log_sides[self.candidates]
        self.sized = np.isfinite(expected).all(axis=2)
        self.implied = seen.log_sides[:, None] - np.nan_to_num(expected)

    def answer(self) -> Array:
        scales = self._different(self._refined(self._starts(), _TOLERANCES))
        scales = self._different(self._refined(scales[:_LIKELIEST], _POLISH))
        found = self._explained(scales)
        likelihood = self._likelihood(found)
        weights = np.exp(_TOGETHER * (likelihood - likelihood.max()))
        return self._averaged(found, weights / weights.sum())

    def _averaged(self, found: _Explained, weights: Array) -> Array:
        answer = np.zeros_like(self.probabilities)
        for scale, weight in enumerate(weights):
            share = self.probabilities * (found.others[scale] / found.evidence[scale])[:, None]
            np.put_along_axis(share, self.candidates, found.posterior[scale], axis=1)
            answer += weight * share
        return answer

    def _refined(self, scales: Array, tolerances: tuple[float, ...]) -> Array:
        for tolerance in tolerances:
            scales = self._fitted(scales, self._explained(scales, tolerance))
        return scales

    def _starts(self) -> Array:
        """Level scales at which some SKU could be the largest box, down to some the smallest."""
        heights, known = self.seen.log_sides[:, HEIGHT], self.sizes.log_sides[:, HEIGHT]
        low = np.quantile(heights, 0.05) - np.nanmax(known)
        high = max(low, np.quantile(heights, 0.95) - np.nanmin(known))
        constants = np.arange(low, high + _START_EVERY, _START_EVERY)
        scales = np.zeros((len(constants), len(SIDES), 3))
        scales[:, :, 0] = constants[:, None]
        return scales

    def _explained(self, scales: Array, tolerance: float = 1.0) -> _Explained:
        base = np.einsum("ni,sci->snc", self.seen.place, scales)
        others = self.sizes.fit_of_others(self.seen.log_sides - base, self.seen)
        fit, whole = np.ones(1), []
        for side in SIDES:
            certain, any_fit = self.sizes.fit(
                self.implied[..., side] - base[..., side, None], self.seen, side, tolerance
            )
            fit = fit * any_fit
            whole.append(certain / any_fit * self.sized)
        weighed = self.prior * np.where(self.sized, fit, others[..., None])
        evidence = weighed.sum(axis=-1) + self.remaining * others
        return _Explained(weighed / evidence[..., None], evidence, others, tuple(whole))

    def _fitted(self, scales: Array, found: _Explained) -> Array:
        """Weighted least squares; widths are drawn towards the scale of heights."""
        level = scales[:, HEIGHT] * [1.0, 0.0, 0.0]
        heights = self._regression(HEIGHT, found, _STIFFNESS, level)
        return np.stack([heights, self._regression(WIDTH, found, _WIDTHS_FOLLOW, heights)], axis=1)

    def _regression(self, side: int, found: _Explained, firmness: Array, drawn_to: Array) -> Array:
        shares = found.posterior * found.whole[side] * self.seen.weight[:, None]
        weight, place = shares.sum(axis=-1), self.seen.place
        total = (shares * self.implied[..., side]).sum(axis=-1)
        products = np.einsum("sn,ni,nj->sij", weight, place, place) + np.diag(firmness)
        targets = total @ place + firmness * drawn_to
        return np.asarray(np.linalg.solve(products, targets[..., None])[..., 0])

    def _likelihood(self, found: _Explained) -> Array:
        return np.asarray((self.seen.weight * np.log(found.evidence)).sum(axis=-1))

    def _different(self, scales: Array) -> Array:
        """One of each group of equal scales, the likeliest first."""
        kept: list[Array] = []
        for scale in scales[np.argsort(-self._likelihood(self._explained(scales)), kind="stable")]:
            if all(np.abs(scale[HEIGHT] - other[HEIGHT]).max() > _SAME_SCALE for other in kept):
                kept.append(scale)
        return np.array(kept)
