"""Small files made on the spot: what a camera writes, and what somebody with a hex editor writes."""

import base64
import struct
import zlib
from io import BytesIO

import numpy as np
from PIL import Image

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


def photo(width: int = 64, height: int = 48) -> Image.Image:
    """A smooth picture whose four corners differ, so that every turn and flip shows."""
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.stack([across, down, np.full_like(across, 80)], axis=-1).astype(np.uint8))


def noise(width: int = 120, height: int = 90) -> Image.Image:
    samples = np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(samples)


def saved(image: Image.Image, file_format: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, file_format, **options)
    return file.getvalue()


def oriented(image: Image.Image, file_format: str, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(image, file_format, exif=exif, **({"lossless": True} if file_format == "WEBP" else {}))


def animated(file_format: str) -> bytes:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    return saved(frames[0], file_format, save_all=True, append_images=frames[1:], duration=100)


def png(width: int, height: int, *, depth: int = 8, colour: int = 2, before: bytes = b"", raw: bytes = b"") -> bytes:
    """A PNG made of what is given, however little sense it makes: `before` stands between header and pixels."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(raw, 9))
    return PNG_MAGIC + chunk(b"IHDR", header) + before + pixels + chunk(b"IEND", b"")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def webp(kind: bytes, body: bytes) -> bytes:
    payload = b"WEBP" + kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(payload)) + payload


def webp_bomb() -> bytes:
    """10 kB, complete and valid: 16,383 x 16,383 black pixels, for which libwebp wants 2.6 GB."""
    packed = (
        "eNrtxiEKwlAAANAFQZfmPIBhQQyCdVlwMDAMg57BU6zqqXYETQZBDBazRRTn12sIrzzesiyKfBxF6/msWlX5YvL79NOEpNtP2+Qax4N3cx6m"
        "u2NvtHmFcNreQicq76HuZ9khPPd1aB8XAAAAAAAAAAAAAAAAAADwT4QvWNSlLQ=="
    )
    return zlib.decompress(base64.b64decode(packed))


def webp_canvas(width: int, height: int, flags: int = 0) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return webp(b"VP8X", bytes([flags, 0, 0, 0]) + sides)


def jpeg_of_size(width: int, height: int) -> bytes:
    """An ordinary JPEG whose frame header has been overwritten."""
    data = bytearray(saved(photo(8, 8), "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def jpeg_with(segments: bytes) -> bytes:
    """An ordinary JPEG with more segments right after its start."""
    data = saved(photo(8, 8), "JPEG")
    return data[:2] + segments + data[2:]


def jpeg_of_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan is repeated: each repetition costs a pass over the whole image."""
    data = saved(Image.new("RGB", (64, 64)), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * count + data[-2:]
