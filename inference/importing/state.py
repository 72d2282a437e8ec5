"""From the tensors that a file has to the state dict that the network has."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from inference.importing.errors import ImportRefused

CONSTANT = (".num_batches_tracked", ".dfl.conv.weight")
MISFIT = "Its weights do not fit its architecture ({}): it was changed after training. Give the original."


def completed(given: Mapping[str, Tensor], network: nn.Module) -> dict[str, Tensor]:
    """The state dict with batch normalisation put back where it was fused into the convolutions.

    Raises ImportRefused for a tensor that is missing, left over, or has another shape.
    """
    expected = network.state_dict()
    state = {**_constant(expected), **_unfused(given, network), **given}
    state = {name: tensor for name, tensor in state.items() if not _is_fused_bias(name, expected, state)}
    for name in sorted(expected.keys() ^ state.keys()):
        raise ImportRefused(MISFIT.format(f"`{name[:60]}` is {'missing' if name in expected else 'left over'}"))
    for name, tensor in expected.items():
        if state[name].shape != tensor.shape:
            raise ImportRefused(MISFIT.format(f"`{name[:60]}` has another shape"))
    return {name: state[name] for name in expected}


def _constant(expected: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Counters of training steps, which do not matter, and the numbers 0 to 15 of DFL, which training leaves alone."""
    return {name: tensor for name, tensor in expected.items() if name.endswith(CONSTANT)}


def _unfused(given: Mapping[str, Tensor], network: nn.Module) -> dict[str, Tensor]:
    """A normalisation that changes nothing but adds the bias into which the trained one was fused."""
    return {
        f"{path}.{name}": tensor
        for path, norm in network.named_modules()
        if isinstance(norm, nn.BatchNorm2d) and _bias_beside(path) in given
        for name, tensor in _identity(norm, given[_bias_beside(path)]).items()
    }


def _identity(norm: nn.BatchNorm2d, bias: Tensor) -> dict[str, Tensor]:
    ones = torch.ones_like(bias, dtype=torch.float32)
    return {
        "weight": ones * math.sqrt(1 + norm.eps),
        "bias": bias,
        "running_mean": torch.zeros_like(ones),
        "running_var": ones,
    }


def _bias_beside(path: str) -> str:
    """`model.0.bn` -> `model.0.conv.bias`"""
    return f"{path.removesuffix('bn')}conv.bias"


def _is_fused_bias(name: str, expected: Mapping[str, Tensor], state: Mapping[str, Tensor]) -> bool:
    return name not in expected and f"{name.removesuffix('conv.bias')}bn.bias" in state
