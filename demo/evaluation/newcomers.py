"""Products that JORDINA's release does not know, added from rendered reference photos and looked for on shelves."""

import multiprocessing
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from demo.catalogues import HIGEEN, JORDINA, TAQRIMO
from demo.design import Design, Flavour, Product
from demo.evaluation.reading import open_catalogue
from demo.reference_photo import take_reference
from demo.shelf.moods import hard_style
from demo.shelf.photo import Photo, StyleUnmet, take_photo
from demo.shelf_examples import gather
from inference.head import surest
from inference.loading import LoadedRelease, embed_whole
from inference.manifest import Manifest
from modelstore.training.labelled_shelf import OTHER, LabelledShelf
from modelstore.training.prototype import Newcomer, extended
from modelstore.training.variants import variants

PHOTOS = (1, 3, 5, 8)
SHELVES = 5
_SEED = 90_000_000
_APART = 1000
_KNOWN, _RIVALS = 12, 4
_GRAPE = Flavour("Grape", "عنب", "grapes", (122, 60, 158), (96, 30, 90))
_CHERRY = Flavour("Cherry", "كرز", "cherry", (196, 24, 50), (150, 20, 40))
_PEACH = Flavour("Peach", "خوخ", "orange", (246, 150, 96), (240, 176, 110))
_NEW_FLAVOURS = {"500ML": (_GRAPE, _CHERRY), "1L_CARTON": (_GRAPE, _CHERRY), "330ML_CAN": (_GRAPE, _PEACH)}
"""By packaging; each packaging is that of JORDINA's apple drink in it."""


@dataclass(frozen=True)
class New:
    """sister: the SKU whose packaging it shares; None for a product of another brand."""

    product: Product
    sister: str | None = None


@dataclass(frozen=True, eq=False)
class Seen:
    """What is known of one newcomer: views [P, V, D] of its photos, and shelves on which it stands."""

    new: New
    views: NDArray[np.float32]
    shelves: list[LabelledShelf]


@dataclass(frozen=True)
class Count:
    """named, shown: facings of the newcomer with its name, and all that were found; known, kept: those of other SKUs,
    and how many keep their right name; before: how many had it; stolen: other products that get the newcomer's name;
    others: products that are none of the brand's."""

    named: int = 0
    shown: int = 0
    kept: int = 0
    before: int = 0
    known: int = 0
    stolen: int = 0
    others: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def newcomers() -> list[New]:
    """Six new flavours of the brand in packagings that it has, then five soaps and five bags or boxes of chips."""
    products = {product.sku: product for product in JORDINA.products}
    found = []
    for package, flavours in _NEW_FLAVOURS.items():
        sister = f"JORDINA_APPLE_{package}"
        design = products[sister].design
        for flavour in flavours:
            name = f"NEW_{flavour.name.upper()}_{package}"
            found.append(New(Product(Design(design.brand, flavour, design.package), name), sister))
    rng = np.random.default_rng(0)
    for catalogue in (HIGEEN, TAQRIMO):
        found += [New(catalogue.products[k]) for k in rng.permutation(len(catalogue.products))[:5]]
    return found


def look_at_all(processes: int) -> list[Seen]:
    with multiprocessing.get_context("spawn").Pool(processes, _alone) as workers:
        return workers.map(_seen, range(len(newcomers())), chunksize=1)


def _alone() -> None:
    torch.set_num_threads(1)
    cv2.setNumThreads(1)


def _seen(number: int) -> Seen:
    new, (_, release) = newcomers()[number], open_catalogue(JORDINA)
    photos = [take_reference(new.product.design, _APART * number + photo) for photo in range(max(PHOTOS))]
    skus = (*JORDINA.skus, new.product.sku or "")
    shelves = [gather(_shelf(new.product, number, shelf), release, skus) for shelf in range(SHELVES)]
    return Seen(new, np.stack([_views(photo, release) for photo in photos]), shelves)


def _views(photo: NDArray[np.uint8], release: LoadedRelease) -> NDArray[np.float32]:
    pixels = torch.from_numpy(photo).permute(2, 0, 1).contiguous()
    return np.asarray(embed_whole(release, variants(pixels)).numpy(), np.float32)


def _shelf(product: Product, number: int, shelf: int) -> Photo:
    """With a part of the brand's SKUs and rivals; every second one hard."""
    rng = np.random.default_rng([number, shelf, 12])
    known = [JORDINA.products[k] for k in rng.permutation(len(JORDINA.products))[:_KNOWN]]
    rivals = [JORDINA.rivals[k] for k in rng.permutation(len(JORDINA.rivals))[:_RIVALS]]
    style = hard_style(rng) if shelf % 2 else None
    for seed in range(_SEED + _APART * number + 10 * shelf, _SEED + _APART * (number + 1)):
        with suppress(StyleUnmet):
            return take_photo(seed, [product, *known, *rivals], style, [1.5] + [1.0] * _KNOWN + [0.7] * _RIVALS)
    raise StyleUnmet(f"no shelf {shelf} of newcomer {number} can be taken")


def counted(seen: Sequence[Seen], photos: int, sized: bool = False) -> Count:
    """Each added alone, from so many photos. sized: as large as the SKU whose packaging it shares."""
    models, release = open_catalogue(JORDINA)
    return sum((_count(one, photos, sized, models.manifest, release) for one in seen), Count())


def _count(one: Seen, photos: int, sized: bool, manifest: Manifest, release: LoadedRelease) -> Count:
    like = JORDINA.skus.index(one.new.sister) if sized and one.new.sister else None
    features = one.views[:photos].reshape(-1, one.views.shape[2])
    made = extended(release.head, release.context, release.columns, [Newcomer(features, like)], manifest.sku_conf)
    new, total = len(JORDINA.skus), Count()
    for shelf in one.shelves:
        shown = (shelf.found[:, 4] >= manifest.det_conf) & (shelf.labels >= OTHER)
        labels = shelf.labels[shown]
        before, after = (_named(head, context, shelf, skus, manifest)[shown] for head, context, skus in (
            (release.head, release.context, new), (made.head, made.regression.context, new + 1)))  # fmt: skip
        mine, own, other = labels == new, (labels >= 0) & (labels < new), labels == OTHER
        total += Count(
            named=int((after == new)[mine].sum()), shown=int(mine.sum()), kept=int((after == labels)[own].sum()),
            before=int((before == labels)[own].sum()), known=int(own.sum()),
            stolen=int((after == new)[own | other].sum()), others=int(other.sum()),
        )  # fmt: skip
    return total


def _named(head, context, shelf: LabelledShelf, skus: int, manifest: Manifest) -> NDArray[np.int64]:  # type: ignore[no-untyped-def]
    """As serving answers: the SKU's row, -2 for what is unknown."""
    chances = context.applied(head.probabilities(shelf.features), shelf.found, shelf.size)
    rows, sure = surest(chances, skus)
    return np.where(sure >= manifest.sku_conf, rows, -2)
