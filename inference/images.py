"""From the bytes of a photo to pixels: RGB, upright, fully loaded.

Pillow's classes for the three formats are used directly: `Image.open` would also try other readers
(an allow-list of JPEG still opens MPO), and its pixel limit is a setting of the whole process that
other libraries switch off. Everything here is local to one call, so threads may share it.
"""

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import numpy as np
from PIL import ExifTags, Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from inference.image_errors import (
    ImageAnimated,
    ImageCorrupt,
    ImageEmpty,
    ImageError,
    ImageTooLarge,
    ImageTooManyPixels,
)
from inference.image_header import Format, ImageHeader, read_header

# Pillow warns of every odd EXIF entry, and each text would stay in memory for good: one file has 65,535 of them.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

_OPENERS: Final[dict[Format, type[ImageFile.ImageFile]]] = {
    "JPEG": JpegImageFile,  # of an MPO file, as phones write them, this is the first picture
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
}
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class ImageLimits:
    max_bytes: int = 5_242_880
    max_pixels: int = 25_000_000


_DEFAULT_LIMITS = ImageLimits()


def decode(data: bytes, limits: ImageLimits = _DEFAULT_LIMITS) -> Image.Image:
    """Mode RGB, EXIF orientation applied, no metadata. Raises ImageError, and nothing else for any bytes."""
    header = _checked_header(data, limits)
    try:
        return _upright_rgb(_load(data, header))
    except (ImageError, MemoryError):
        raise
    except Exception as error:
        # Pillow answers broken files with ValueError, SyntaxError, TypeError, struct.error and more.
        raise ImageCorrupt from error


def _checked_header(data: bytes, limits: ImageLimits) -> ImageHeader:
    if not data:
        raise ImageEmpty
    if len(data) > limits.max_bytes:
        raise ImageTooLarge(limits.max_bytes)
    header = read_header(data)
    if header.width * header.height > limits.max_pixels:
        raise ImageTooManyPixels(header.width, header.height, limits.max_pixels)
    if header.animated:
        raise ImageAnimated
    return header


def _load(data: bytes, header: ImageHeader) -> ImageFile.ImageFile:
    image = _OPENERS[header.format](BytesIO(data))
    if image.size != (header.width, header.height):
        raise ImageCorrupt  # a second header further on; nothing has been allocated by it yet
    image.load()
    return image


def _upright_rgb(image: ImageFile.ImageFile) -> Image.Image:
    turn = _TURNS.get(_orientation(image))
    rgb = _rgb(image)
    rgb.info.clear()
    return rgb if turn is None else rgb.transpose(turn)


def _orientation(image: ImageFile.ImageFile) -> int:
    """Of EXIF (or XMP, where Pillow finds it there). What cannot be read says nothing, as in browsers."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except MemoryError:
        raise
    except Exception:
        return 1


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode == "I;16":
        return _from_sixteen_bits(image)
    if image.has_transparency_data:
        return _on_white(image if image.mode == "RGBA" else image.convert("RGBA"))
    return image if image.mode == "RGB" else image.convert("RGB")


def _from_sixteen_bits(image: Image.Image) -> Image.Image:
    """The high byte of each sample: Pillow's own conversion clips, which turns most of a photo white."""
    grey = image.point(lambda sample: sample / 256, "L")
    if "transparency" in image.info:
        clear = np.asarray(image) == image.info["transparency"]
        grey.paste(255, mask=Image.fromarray(clear))
    return grey.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    rgb = image.convert("RGB")
    rgb.paste("white", mask=image.getchannel("A").point(lambda alpha: 255 - alpha))
    return rgb
