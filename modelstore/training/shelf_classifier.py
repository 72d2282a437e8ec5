"""A brand's classifier from labelled shelves, with or without reference photos."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import compress
from types import MappingProxyType

from modelstore.errors import TrainingRefused
from modelstore.evaluation.answers import calibration
from modelstore.evaluation.figures import figures
from modelstore.evaluation.shelves import shelf_answers, shelf_figures
from modelstore.training.classifier import STRENGTHS, Crops, fit, judged
from modelstore.training.held_out import FEWEST_SHELVES, every_third
from modelstore.training.labelled_shelf import LabelledShelf
from modelstore.training.reference_classifier import Trained

_USUAL = STRENGTHS[1]


def fit_shelves(
    shelves: Sequence[LabelledShelf],
    skus: Sequence[str],
    crops: Crops,
    alike: Sequence[int] | None = None,
    unlearnt: Sequence[bool] | None = None,
    encoders: Mapping[str, slice] = MappingProxyType({}),
) -> Trained:
    """crops: reference photos, and negatives labelled with the number of SKUs; alike: of each shelf, the same number
    for photos that are near-duplicates of each other, which are held out together; unlearnt: which shelves the detector
    did not learn from either, where it was fitted to the others; encoders: the columns of each one's embedding, to be
    measured alone. Raises TrainingRefused.

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
    measured |= {
        f"top1_{name}_alone": _alone(columns, learnt, held_out, len(skus), crops) for name, columns in encoders.items()
    }
    counted = {"shelves": sum(telling), "skus": len(skus), "crops": len(named)}
    return Trained(regression, {**counted, **measured}, "held-out shelves", named, calibration(named))


def _alone(
    columns: slice, learnt: Sequence[LabelledShelf], held_out: Sequence[LabelledShelf], skus: int, crops: Crops
) -> float:
    """Top-1 of one encoder without the other, sizes and neighbours included; regularised as is usual for both."""
    less, asked = ([_part(shelf, columns) for shelf in shelves] for shelves in (learnt, held_out))
    more = Crops(crops.features[:, columns], crops.labels)
    probabilities, _ = judged(fit(less, asked, skus, more, (_USUAL,)), asked, skus)
    named = shelf_answers(asked, probabilities[:, :skus])
    return figures(named, calibration(named))["top1"]


def _part(shelf: LabelledShelf, columns: slice) -> LabelledShelf:
    return replace(shelf, features=shelf.features[:, columns])


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
