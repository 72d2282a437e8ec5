"""A brand's classifier from labelled shelves, with or without reference photos."""

from collections.abc import Sequence
from itertools import compress

from modelstore.errors import TrainingRefused
from modelstore.evaluation.answers import calibration
from modelstore.evaluation.figures import figures
from modelstore.evaluation.shelves import shelf_answers, shelf_figures
from modelstore.training.classifier import Crops, fit, judged
from modelstore.training.held_out import FEWEST_SHELVES, every_third
from modelstore.training.labelled_shelf import LabelledShelf
from modelstore.training.reference_classifier import Trained


def fit_shelves(
    shelves: Sequence[LabelledShelf],
    skus: Sequence[str],
    crops: Crops,
    alike: Sequence[int] | None = None,
    unlearnt: Sequence[bool] | None = None,
) -> Trained:
    """crops: reference photos, and negatives labelled with the number of SKUs; alike: of each shelf, the same number
    for photos that are near-duplicates of each other, which are held out together; unlearnt: which shelves the detector
    did not learn from either, where it was fitted to the others. Raises TrainingRefused.

    Figures are of the shelves held out, on which regularisation and calibration were chosen, but no name was learnt."""
    telling = [bool((shelf.labels >= 0).any()) for shelf in shelves]
    out = unlearnt or every_third(telling, alike)
    _check_telling(telling, out)
    held_out = list(compress(shelves, out))
    learnt = [shelf for shelf, apart in zip(shelves, out, strict=True) if not apart]
    _check_every_sku(learnt, skus, crops)
    regression = fit(learnt, held_out, len(skus), crops)
    probabilities, _ = judged(regression, held_out, len(skus))
    named = shelf_answers(held_out, probabilities[:, : len(skus)])
    measured = figures(named, calibration(named)) | shelf_figures(held_out, named, len(skus))
    counted = {"shelves": sum(telling), "skus": len(skus), "crops": len(named)}
    return Trained(regression, {**counted, **measured}, "held-out shelves", named, calibration(named))


def _check_telling(telling: Sequence[bool], out: Sequence[bool]) -> None:
    if sum(telling) < FEWEST_SHELVES:
        raise TrainingRefused(
            f"The detector finds labelled products on {sum(telling)} shelf photos; {FEWEST_SHELVES} are needed. Add "
            "photos, or use a detector that suits them with --detector."
        )
    if not any(compress(telling, out)):
        raise TrainingRefused(
            "No shelf photo is left to be held out: they are nearly the same, or the detector finds nothing on those "
            "that differ. Add photos of other shelves, or of other days."
        )


def _check_every_sku(shelves: Sequence[LabelledShelf], skus: Sequence[str], crops: Crops) -> None:
    seen = {int(label) for shelf in shelves for label in shelf.labels} | set(crops.labels.tolist())
    missing = [sku for row, sku in enumerate(skus) if row not in seen]
    if missing:
        raise TrainingRefused(
            f"Too little is shown of {', '.join(missing[:10])}: label them on more shelves, or add reference photos."
        )
    if len(skus) < 2 and len(skus) not in seen and not any((shelf.labels < 0).any() for shelf in shelves):
        raise TrainingRefused("One SKU and nothing else: a classifier needs something to tell it from. Add negatives.")
