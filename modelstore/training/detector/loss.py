"""ultralytics' detection loss for "a product", with nothing said of places where nobody knows."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from ultralytics.utils.loss import v8DetectionLoss

_SCORES = "scores"


class ProductLoss:
    """Takes the place of a network's `criterion`. A network of many classes answers "a product" by the surest of them,
    as serving reads it."""

    def __init__(self, network: Any) -> None:
        self._loss = v8DetectionLoss(network)
        self._loss.nc, self._loss.assigner.num_classes = 1, 1
        self._loss.bce = self._sparing = _SparingEntropy()

    def __call__(self, answer: Any, batch: dict[str, Tensor]) -> Any:
        answered = self._loss.parse_output(answer)
        self._sparing.spared = _spared(answered["feats"], self._loss.stride, batch["spared"])
        return self._loss({**answered, _SCORES: answered[_SCORES].amax(dim=1, keepdim=True)}, batch)


class _SparingEntropy(nn.Module):
    """Binary cross-entropy of [B, A, 1]; nothing is told to the anchors in `spared`, bool [B, A], unless they show a
    product."""

    spared: Tensor

    def forward(self, scores: Tensor, targets: Tensor) -> Tensor:
        loss = nn.functional.binary_cross_entropy_with_logits(scores, targets, reduction="none")
        return loss * (~self.spared[..., None] | (targets > 0))


def _spared(levels: Sequence[Tensor], strides: Tensor, regions: Tensor) -> Tensor:
    """Whether each anchor's middle lies in a region: bool [B, A]. regions: [M, 5], as `collated` has them."""
    middles = torch.cat(
        [_middles(level.shape[2:], float(stride)) for level, stride in zip(levels, strides, strict=True)]
    )
    x, y = middles.to(regions.device).T
    left, top, right, bottom = regions[:, 1:, None].unbind(dim=1)
    inside = (x > left) & (x < right) & (y > top) & (y < bottom)
    found = torch.zeros(len(levels[0]), len(middles), device=regions.device)
    return found.index_add_(0, regions[:, 0].long(), inside.float()) > 0


def _middles(shape: Sequence[int], stride: float) -> Tensor:
    """[H * W, 2] in pixels, row by row as ultralytics counts anchors."""
    y, x = torch.meshgrid(torch.arange(shape[0]), torch.arange(shape[1]), indexing="ij")
    return (torch.stack([x, y], dim=-1).reshape(-1, 2) + 0.5) * stride
