"""Which shelf photos nothing is learnt from: they decide how sure answers are, and what they are worth."""

from collections.abc import Sequence

FEWEST_SHELVES = 4
_EVERY = 3


def every_third(telling: Sequence[bool], alike: Sequence[int] | None = None) -> tuple[bool, ...]:
    """Every third photo of those that tell something of the SKUs; the others teach what is none of them.

    alike: of each photo, the same number for near-duplicates of each other, which are held out together."""
    kinds = range(len(telling)) if alike is None else alike
    order = list(dict.fromkeys(kind for kind, tells in zip(kinds, telling, strict=True) if tells))
    apart = set(order[_EVERY - 1 :: _EVERY])
    return tuple(kind in apart for kind in kinds)
