"""The engine, which computes photos together and in the precision of the device, against the plain pipeline."""

import pytest
import torch

from bench.numbers import Shelf, agreement, plainly, shelves, together
from inference.device import Placement, _has_bfloat16
from inference.results import Reading

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def shown() -> list[Shelf]:
    return list(shelves(3))


@pytest.fixture(scope="module")
def reference(shown: list[Shelf]) -> list[Reading]:
    return plainly(shown)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_the_engines_answers_are_those_of_the_plain_pipeline(
    shown: list[Shelf], reference: list[Reading], dtype: torch.dtype
) -> None:
    if dtype is torch.bfloat16 and not _has_bfloat16():
        pytest.skip("without instructions for bfloat16 the engine never chooses it")
    found = agreement(reference, together(shown, Placement(CPU, dtype)))
    assert found.facings > 100
    assert found.same_boxes == 1
    assert found.same_skus >= 0.995
    assert found.close == 1
