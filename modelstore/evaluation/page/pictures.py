"""Pictures of a report, as a page may show them: whoever made the file, nothing but small JPEGs that decode."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from PIL import Image

from inference.image_errors import ImageError
from inference.images import ImageLimits, decode
from modelstore.photo_store import photo_store

_LIMITS = ImageLimits(max_bytes=64 * 1024, max_pixels=512 * 512)
_SIDE = 128
_JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True)
class Picture:
    address: str
    width: int
    height: int


def picture(pictures: Mapping[str, bytes], name: str) -> Picture | None:
    """None for what is not there or no such JPEG."""
    data = pictures.get(name, b"")
    if not data.startswith(_JPEG):
        return None
    try:
        width, height = decode(data, _LIMITS).size
    except ImageError:
        return None
    return _shown(data, width, height)


@lru_cache(maxsize=256)
def kept_photo(digest: str) -> Picture | None:
    """A small picture of a photo that was learnt from; None when it is not kept here, as of a bundle from elsewhere."""
    try:
        image = decode(photo_store().read(digest))
    except (OSError, ImageError):
        return None
    image.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return _shown(out.getvalue(), *image.size)


def _shown(jpeg: bytes, width: int, height: int) -> Picture:
    return Picture(f"data:image/jpeg;base64,{b64encode(jpeg).decode()}", width, height)
