"""What can be said about an invented product besides its name: further lessons for the encoders.

Which fruit, which container, which colours: things that also tell apart products nobody has invented yet.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from demo.design import Design
from demo.training_photos import numbers

UNTOLD = -100
"""The class that cross entropy ignores: nobody described the real photos."""
_CLOSENESS = 8.0


@dataclass(frozen=True)
class Lessons:
    """kinds int64 [classes, 9], UNTOLD where not known; sizes: answers to each; colours float32 [classes, 12]."""

    kinds: NDArray[np.int64]
    sizes: tuple[int, ...]
    colours: NDArray[np.float32]


def _named(design: Design) -> tuple[str, ...]:
    brand, flavour, package = design.brand, design.flavour, design.package
    words = flavour.name.split()[0]
    look = brand.layout, brand.badge, brand.font, brand.mark, brand.composition
    return flavour.motif, words, package.kind, package.size, *look


def _colours(design: Design) -> list[float]:
    brand, flavour = design.brand, design.flavour
    colours = (flavour.colour, flavour.liquid, brand.ground, brand.badge_colour)
    return [channel / 127.5 - 1 for colour in colours for channel in colour]


def lessons(classes: int) -> Lessons:
    """For every class of the crops; those after the invented products are real and stay untold."""
    named = [_named(design) for design in numbers()]
    answers = [{answer: k for k, answer in enumerate(sorted(set(column)))} for column in zip(*named, strict=True)]
    kinds = np.full((classes, len(answers)), UNTOLD, np.int64)
    kinds[: len(named)] = [[known[answer] for known, answer in zip(answers, row, strict=True)] for row in named]
    colours = np.full((classes, 12), np.nan, np.float32)
    colours[: len(named)] = [_colours(design) for design in numbers()]
    return Lessons(kinds, tuple(len(known) for known in answers), colours)


class Teacher(nn.Module):
    """One linear layer per lesson, on the same unit vector that serving uses."""

    def __init__(self, width: int, taught: Lessons) -> None:
        super().__init__()
        self.heads = nn.ModuleList(nn.Linear(width, size) for size in taught.sizes)
        self.paint = nn.Linear(width, 12)
        self.register_buffer("kinds", torch.from_numpy(taught.kinds))
        self.register_buffer("colours", torch.from_numpy(taught.colours))

    def forward(self, features: Tensor, truth: Tensor) -> Tensor:
        seen = functional.normalize(features.float()) * _CLOSENESS
        kinds, colours = self.get_buffer("kinds")[truth], self.get_buffer("colours")[truth]
        answers = zip(self.heads, kinds.T, strict=True)
        named = [functional.cross_entropy(head(seen), kind, ignore_index=UNTOLD) for head, kind in answers]
        told = ~colours.isnan().any(dim=1)
        return torch.stack(named).mean() + 4 * functional.mse_loss(self.paint(seen)[told], colours[told])
