"""What an image file says about itself, read from its bytes before any decoder sees them.

Decoders allocate by the dimensions in the header: a WebP of 6.6 kB makes libwebp take 2.6 GB before
Pillow looks at the number of pixels. They also walk hostile structures one Python call a piece, so
the number of pieces is limited here, far above what cameras and editors write.
"""

import re
from dataclasses import dataclass
from struct import error as StructError
from struct import unpack_from
from typing import Literal

from inference.image_errors import ImageCorrupt, ImageFormatUnsupported

Format = Literal["JPEG", "PNG", "WEBP"]

_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
# Escaped 0xff, fill bytes and what has no length (TEM, RST, SOI) are not stopped at.
_JPEG_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
_JPEG_FRAMES = frozenset(bytes([code]) for code in range(0xC0, 0xD0)) - {b"\xc4", b"\xc8", b"\xcc"}
_JPEG_SCAN = b"\xda"
_JPEG_END = b"\xd9"

MAX_JPEG_SEGMENTS = 1_000
MAX_JPEG_JUNK = 65_536
MAX_JPEG_SCANS = 64  # each one is a pass over the whole image; a progressive photo has about ten
MAX_PNG_DATA_CHUNKS = 10_000
MAX_PNG_OTHER_CHUNKS = 256  # each may inflate to a megabyte


@dataclass(frozen=True)
class ImageHeader:
    """`width` and `height` as stored, before any EXIF orientation."""

    format: Format
    width: int
    height: int
    animated: bool = False


def sniff(data: bytes) -> Format | None:
    """The format by content; None is anything but JPEG, PNG and WebP."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(_PNG_MAGIC):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return None


def read_header(data: bytes) -> ImageHeader:
    """Raises ImageFormatUnsupported, or ImageCorrupt where the header makes no sense."""
    found = sniff(data)
    if found is None:
        raise ImageFormatUnsupported
    try:
        header = _READERS[found](data)
    except (StructError, IndexError) as error:
        raise ImageCorrupt from error
    if header.width < 1 or header.height < 1:
        raise ImageCorrupt
    return header


def _jpeg(data: bytes) -> ImageHeader:
    size, scans, junk, position = (0, 0), 0, 0, 2
    for _ in range(MAX_JPEG_SEGMENTS):
        marker = _JPEG_MARKER.search(data, position)
        if marker is None or marker[1] == _JPEG_END:
            return ImageHeader("JPEG", *size)  # what phones append, films and gain maps, is not looked at
        junk += 0 if scans else marker.start() - position  # from the first scan on, it is pixels
        scans += marker[1] == _JPEG_SCAN
        if marker[1] in _JPEG_FRAMES and not scans:
            height, width = unpack_from(">HH", data, marker.end() + 3)
            size = width, height
        if junk > MAX_JPEG_JUNK or scans > MAX_JPEG_SCANS:
            break
        position = marker.end() + unpack_from(">H", data, marker.end())[0]
    raise ImageCorrupt


def _png(data: bytes) -> ImageHeader:
    if data[12:16] != b"IHDR":
        raise ImageCorrupt
    width, height = unpack_from(">II", data, 16)
    return ImageHeader("PNG", width, height, animated=_png_is_animated(data))


def _png_is_animated(data: bytes) -> bool:
    """An acTL chunk makes a PNG animated if it stands before the pixels, and only there.

    The walk goes to the end, because Pillow takes a file that lacks one for whole.
    """
    position, pixels, others = len(_PNG_MAGIC), 0, 0
    while pixels <= MAX_PNG_DATA_CHUNKS and others <= MAX_PNG_OTHER_CHUNKS:
        length, kind = unpack_from(">I4s", data, position)
        position += 12 + length
        if kind == b"IEND":
            return False
        if kind == b"acTL" and not pixels:
            return True
        pixels += kind == b"IDAT"
        others += kind != b"IDAT"
    raise ImageCorrupt


def _webp(data: bytes) -> ImageHeader:
    kind = data[12:16]
    if kind == b"VP8X":
        flags, width, height = data[20], _uint24(data, 24) + 1, _uint24(data, 27) + 1
        return ImageHeader("WEBP", width, height, animated=bool(flags & 0x02))
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = unpack_from("<I", data, 21)[0]
        return ImageHeader("WEBP", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = unpack_from("<HH", data, 26)
        return ImageHeader("WEBP", width & 0x3FFF, height & 0x3FFF)
    raise ImageCorrupt


def _uint24(data: bytes, offset: int) -> int:
    low, high = unpack_from("<HB", data, offset)
    return int(low | high << 16)


_READERS = {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp}
