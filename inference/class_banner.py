"""The picture of a classification: the upright photo, and what it shows in words."""

from collections.abc import Sequence

from PIL import Image

from inference.annotation import WHITE, Colour, as_jpeg
from inference.lettering import line_height, line_mask, wrapped

BACKGROUND: Colour = (24, 60, 120)
MOST_LINES = 5
HIGHEST = 0.5  # of the picture, which the words may cover


def with_classes(image: Image.Image, classes: Sequence[tuple[str, float]]) -> bytes:
    """classes: names and confidences, in the order in which they are written. JPEG bytes of the image's own size."""
    canvas = image.copy()
    size = max(11, min(canvas.size) // 24)
    pad, step = max(2, size // 4), line_height(size)
    room = max(canvas.width - 2 * pad, 1)
    most = max(1, int(canvas.height * HIGHEST / step))
    lines = [wrapped(name, f"{sure:.0%}", size, room, 1)[0] for name, sure in classes[: min(MOST_LINES, most)]]
    y = 0
    for line in lines:
        mask = line_mask(line, size, room)
        canvas.paste(BACKGROUND, (0, y, min(canvas.width, mask.width + 2 * pad), y + step))
        canvas.paste(WHITE, (pad, y), mask)
        y += step
    return as_jpeg(canvas)
