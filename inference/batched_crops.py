"""All crops of a photo in a few matrix products: what an accelerator is good at. One by one is quicker on a CPU.

The same antialiased bilinear filter as torch's `interpolate`: a triangle as wide as the scaling down, normalised.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

MOST_PIXELS = 1 << 26
"""Of all patches that are resized together, padded to the largest: 768 MiB in float32."""


def resized(image: Tensor, boxes: Tensor, size: int, pad: int) -> Tensor:
    """Letterbox every box to a square.

    image: uint8 [3, H, W]; boxes: whole pixels, int64 [N, 4] as x1, y1, x2, y2, none empty, on any device.
    Returns uint8 [N, 3, size, size] on the image's device, with bars of grey level `pad`.
    """
    crops = torch.full((len(boxes), 3, size, size), pad, dtype=torch.uint8, device=image.device)
    for rows in _alike(boxes):
        crops[rows.to(image.device)] = _together(image, boxes[rows].to(image.device), size, pad)
    return crops


def _alike(boxes: Tensor) -> Iterator[Tensor]:
    """Rows of boxes of about one size, as many as fit into memory together."""
    sides = torch.stack([boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]])
    order = sides.amax(dim=0).argsort(stable=True)
    start = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and _pixels(sides[:, order[start : stop + 1]]) <= MOST_PIXELS:
            stop += 1
        yield order[start:stop]
        start = stop


def _pixels(sides: Tensor) -> int:
    width, height = sides.amax(dim=1).tolist()
    return int(width * height * sides.shape[1])


def _together(image: Tensor, boxes: Tensor, size: int, pad: int) -> Tensor:
    left, top, right, bottom = boxes.T
    width, height = right - left, bottom - top
    longest = torch.maximum(width, height)
    columns, shown_columns = _filter(width, longest, size)
    rows, shown_rows = _filter(height, longest, size)
    patches = _patches(image, left, top, int(width.max()), int(height.max())).float()
    resized = rows.unsqueeze(1) @ patches @ columns.unsqueeze(1).transpose(2, 3)
    shown = (shown_rows.unsqueeze(2) & shown_columns.unsqueeze(1)).unsqueeze(1)
    return torch.where(shown, resized.round_().clamp_(0, 255), float(pad)).to(torch.uint8)


def _filter(length: Tensor, longest: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """float32 [N, size, M], weights of M pixels of a patch in each pixel of its crop; bool [N, size], whether the patch
    is shown there at all. length: of the patches on this axis; longest: on either."""
    shown = (length * (size / longest.double())).round().clamp(min=1).to(torch.int64)
    offset = (size - shown) // 2
    place = torch.arange(size, device=length.device) - offset.unsqueeze(1)
    scale = (length / shown).unsqueeze(1)
    centre = ((place + 0.5) * scale).unsqueeze(2)
    pixel = torch.arange(int(length.max()), device=length.device)
    weights = (1 - (pixel + 0.5 - centre).abs() / scale.clamp(min=1).unsqueeze(2)).clamp(min=0)
    weights = weights * (pixel < length.unsqueeze(1)).unsqueeze(1)
    weights = weights / weights.sum(dim=2, keepdim=True).clamp(min=1e-12)
    return weights, (place >= 0) & (place < shown.unsqueeze(1))


def _patches(image: Tensor, left: Tensor, top: Tensor, width: int, height: int) -> Tensor:
    """uint8 [N, 3, height, width]; beyond a box, and beyond the image, whatever is there."""
    y = (top.unsqueeze(1) + torch.arange(height, device=top.device)).clamp(max=image.shape[1] - 1)
    x = (left.unsqueeze(1) + torch.arange(width, device=left.device)).clamp(max=image.shape[2] - 1)
    return image[:, y.unsqueeze(2), x.unsqueeze(1)].transpose(0, 1)
