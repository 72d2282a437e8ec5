"""From labelled shelf photos to a detector that knows them better, or to the news that it does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import torch

from inference.bundle import Network
from inference.detector import Detector
from inference.errors import InferenceError
from inference.image_errors import ImageError
from inference.weights import tensors
from modelstore.errors import TrainingRefused
from modelstore.training.detector.boxes import truth
from modelstore.training.detector.fit import fit, say, usual_steps
from modelstore.training.detector.golden_photo import proved
from modelstore.training.detector.precision import Precision, precision
from modelstore.training.detector.sight import seen
from modelstore.training.shelf_labels import ShelfPhoto

_FORGIVEN = 0.1
"""The share of other products that a better detector may overlook; one of a handful in any case."""


@dataclass(frozen=True)
class FineTuned:
    """network: what is to be used, the one that training started from where it is the better one.

    before, after: on the photos held out; of the detector at the start, and of the fine-tuned one, used or not."""

    network: Network
    used: bool
    before: Precision
    after: Precision
    photos: int

    @property
    def metrics(self) -> dict[str, float | int]:
        """As they stand in a release's manifest: `detection_ap50` is of the detector that it carries."""
        shown = {"detection_ap50": (self.after if self.used else self.before).ap50}
        shown["detection_ap50_before"] = self.before.ap50
        if not self.used:
            shown["detection_ap50_not_used"] = self.after.ap50
        return {name: round(value, 4) for name, value in shown.items()}

    def told(self) -> str:
        before, after = f"{self.before.ap50:.1%}", f"{self.after.ap50:.1%}"
        on = f"on {self.photos} photos it did not learn from"
        if self.used:
            return f"The detector was fine-tuned: its AP50 {on} is {after}, and was {before}."
        if self.after.ap50 > self.before.ap50:
            lost = self.after.others - self.after.others_found
            return (
                f"The fine-tuned detector is not used: its AP50 {on} is {after}, and was {before}, but it overlooks "
                f"{lost} of {self.after.others} other products there. The one that it started from is kept."
            )
        return (
            f"The fine-tuned detector is not used: its AP50 {on} is {after}. The one that it started from has {before} "
            "and is kept."
        )


def fine_tuned(
    start: Network,
    photos: Sequence[ShelfPhoto],
    held_out: Sequence[bool],
    where: torch.device,
    steps: int | None = None,
    progress: bool = False,
) -> FineTuned:
    """held_out: which photos only measure. Raises TrainingRefused."""
    try:
        found = _fine_tuned(start, photos, held_out, where, steps, progress)
    except (InferenceError, ImageError, OSError) as error:
        raise TrainingRefused(f"The detector cannot be fine-tuned: {error} Nothing was published.") from error
    if progress:
        say(found.told())
    return found


def _fine_tuned(
    start: Network,
    photos: Sequence[ShelfPhoto],
    held_out: Sequence[bool],
    where: torch.device,
    steps: int | None,
    progress: bool,
) -> FineTuned:
    sights = seen(photos, _loaded(start, where), progress, "detector before")
    measuring = list(compress(sights, held_out))
    learnt = [sight for sight, out in zip(sights, held_out, strict=True) if not out]
    material, truths = [truth(sight) for sight in learnt], [truth(sight) for sight in measuring]
    before = precision(truths, measuring)
    weights = fit(start, material, steps or usual_steps(len(material)), where, progress)
    network = proved(start.spec, weights, material)
    if network is None:
        return FineTuned(start, False, before, Precision(0.0, before.others, 0), len(truths))
    again = seen([one.photo for one in truths], _loaded(network, where), progress, "detector after")
    after = precision(truths, again)
    used = better(before, after)
    return FineTuned(network if used else start, used, before, after, len(truths))


def _loaded(network: Network, where: torch.device) -> Detector:
    return Detector(network.spec, tensors(network.weights), where)


def better(before: Precision, after: Precision) -> bool:
    """Finds labelled products better, and hardly overlooks others."""
    overlooked = before.others_found - after.others_found
    return after.ap50 > before.ap50 and overlooked <= max(1, _FORGIVEN * before.others_found)
