"""Who waits for a prediction. Needs no torch."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Asker:
    """flow: whose photos take turns with those of others, say a tenant's; photo: the sha256 of its bytes, if known;
    gone: whether whoever asked has hung up."""

    flow: str = ""
    photo: str = ""
    gone: Callable[[], bool] = lambda: False


NOBODY = Asker()
