"""The networks that a release is trained with, once its detector was fitted to the brand's shelves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import compress

from modelstore.errors import TrainingRefused
from modelstore.training.base import Base
from modelstore.training.detector.fine_tuning import fine_tuned
from modelstore.training.held_out import FEWEST_SHELVES, every_third
from modelstore.training.shelf_labels import ShelfPhoto


@dataclass(frozen=True)
class Networks:
    """held_out: the shelf photos that the detector did not learn from, nor may the classifier; None when it may choose.
    metrics: what is known of the detector."""

    base: Base
    held_out: tuple[bool, ...] | None = None
    metrics: dict[str, float | int] = field(default_factory=dict)


def with_fitted_detector(
    base: Base,
    photos: Sequence[ShelfPhoto],
    alike: Sequence[int],
    referenced: Collection[str],
    steps: int | None,
    progress: bool,
) -> Networks:
    """alike: of each photo, the same number for near-duplicates; referenced: SKUs with reference photos.

    Raises TrainingRefused."""
    telling = [any(photo.skus) for photo in photos]
    if sum(telling) < FEWEST_SHELVES:
        raise TrainingRefused(
            f"{sum(telling)} of the shelf photos show one of the SKUs by name; {FEWEST_SHELVES} are needed to fit a "
            "detector and to measure it. Label more, or leave --fit-detector out."
        )
    held_out = every_third(telling, alike)
    if not any(held_out):
        raise TrainingRefused("The shelf photos are nearly the same. Add photos of other shelves, or of other days.")
    _check_every_sku(photos, held_out, referenced)
    found = fine_tuned(base.detector, photos, held_out, base.loaded.detector.device, steps, progress)
    return Networks(base.with_detector(found.network) if found.used else base, held_out, found.metrics)


def _check_every_sku(photos: Sequence[ShelfPhoto], held_out: Sequence[bool], referenced: Collection[str]) -> None:
    """Minutes before the classifier would say so."""
    learnt = {sku for photo, out in zip(photos, held_out, strict=True) for sku in photo.skus if not out}
    asked = {sku for photo in compress(photos, held_out) for sku in photo.skus if sku}
    missing = sorted(asked - learnt - set(referenced))
    if missing:
        raise TrainingRefused(
            f"Too little is shown of {', '.join(missing[:10])}: only photos that are held out, every third one, show "
            "it. Label it on more shelves, or add reference photos."
        )
