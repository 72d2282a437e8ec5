"""From the bytes of a photo to pixels: RGB, upright, fully loaded.

Pillow's classes for the three formats are used directly: `Image.open` would also try other readers
(an allow-list of JPEG still opens MPO), and its pixel limit is a setting of the whole process that
other libraries switch off. Everything here is local to one call, so threads may share it.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import ExifTags, Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from inference.image_errors import ImageAnimated, ImageCorrupt, ImageEmpty, ImageTooLarge, ImageTooManyPixels
from inference.image_header import Format, ImageHeader, read_header

_OPENERS: Final[dict[Format, type[ImageFile.ImageFile]]] = {
    "JPEG": JpegImageFile,  # of an MPO file, as phones write them, this is the first picture
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
}
_UPRIGHT: Final = {
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


def decode(data: bytes, limits: ImageLimits = ImageLimits()) -> Image.Image:
    """Mode RGB, EXIF orientation applied, no metadata. Raises ImageError, and nothing else for any bytes."""
    header = _checked_header(data, limits)
    image = _load(data, header)
    upright = _UPRIGHT.get(_orientation(image))
    rgb = _rgb(image)
    return rgb if upright is None else rgb.transpose(upright)


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


def _load(data: bytes, header: ImageHeader) -> Image.Image:
    """Pillow answers broken files with almost any exception, so all but want of memory are the file's fault."""
    try:
        image = _OPENERS[header.format](BytesIO(data))
        if image.size != (header.width, header.height):
            raise ImageCorrupt  # a second header further on: nothing has been allocated by it yet
        image.load()
    except (ImageCorrupt, MemoryError):
        raise
    except Exception as error:
        raise ImageCorrupt from error
    return image


def _orientation(image: Image.Image) -> int:
    """Of EXIF (or XMP, where Pillow finds it there). What cannot be read says nothing: upright, as in browsers."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except MemoryError:
        raise
    except Exception:
        return 1


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode == "I;16":
        image = _eight_bits(image)
    if image.has_transparency_data:
        return _on_white(image.convert("RGBA"))
    return image.convert("RGB")
