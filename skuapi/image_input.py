"""The `image` of a request, in whatever form it was sent, to the bytes of a file.

Two steps, because a request's fields are checked before its model is looked up and its image is read after:
`ImageSource.parse` looks at the text alone, `read` may fetch. Neither looks into the image itself.
"""

import math
import re
import time
from abc import ABC, abstractmethod
from binascii import Error as Base64Error
from dataclasses import dataclass

import pybase64
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from inference.errors import DeadlineExceeded
from inference.image_errors import (
    ImageEmpty,
    ImageNotBase64,
    ImageTooLarge,
    ImageUrlUnusable,
)
from inference.image_header import sniff
from skuapi.fetch import fetch, parse_url

FETCHED_TOO_LONG = "The image's address did not answer in time. Try again, or send the image itself."
_DATA_URI = re.compile(r"data:[^,]{0,1000}?;\s{0,9}base64\s{0,9}(?:;[^,]{0,1000})?,", re.IGNORECASE)
_WHITESPACE = b" \t\n\r\v\f"
_URL = re.compile(r"https?:|[a-z][a-z0-9+.-]{1,30}://", re.IGNORECASE)
_ESCAPES = {b"%2B": b"+", b"%2F": b"/", b"%3D": b"=", b"%2D": b"-", b"%5F": b"_", b"%0A": b"", b"%0D": b"", b"%20": b""}


class ImageSource(ABC):
    @staticmethod
    def parse(value: "str | UploadedFile[bytes]") -> "ImageSource":
        """Syntax only. Raises ImageEmpty, ImageNotBase64 or ImageUrlUnusable."""
        if isinstance(value, UploadedFile):
            return UploadedImage(value)
        text = value.strip()
        if not text:
            raise ImageEmpty
        if _URL.match(text):
            parse_url(text)
            return RemoteImage(text)
        return _inline(text)

    @abstractmethod
    def read(self, deadline: float = math.inf) -> bytes:
        """Raises ImageError: too large, or a URL that cannot be used; DeadlineExceeded.

        deadline: on time.monotonic, for what has to be fetched.
        """


@dataclass(frozen=True)
class InlineImage(ImageSource):
    data: bytes

    def read(self, deadline: float = math.inf) -> bytes:
        if len(self.data) > settings.MAX_IMAGE_BYTES:
            raise ImageTooLarge(settings.MAX_IMAGE_BYTES)
        return self.data


@dataclass(frozen=True)
class OversizedImage(ImageSource):
    """Text too long to be an image within the limit: it has not been decoded, and will not be."""

    def read(self, deadline: float = math.inf) -> bytes:
        raise ImageTooLarge(settings.MAX_IMAGE_BYTES)


@dataclass(frozen=True)
class UploadedImage(ImageSource):
    file: "UploadedFile[bytes]"

    def read(self, deadline: float = math.inf) -> bytes:
        if (self.file.size or 0) > settings.MAX_IMAGE_BYTES:
            raise ImageTooLarge(settings.MAX_IMAGE_BYTES)
        self.file.seek(0)
        return bytes(self.file.read())


@dataclass(frozen=True)
class RemoteImage(ImageSource):
    url: str

    def read(self, deadline: float = math.inf) -> bytes:
        left = deadline - time.monotonic()
        if left <= 0:
            raise DeadlineExceeded
        try:
            data = fetch(self.url, min(left, settings.FETCH_TIMEOUT))
        except ImageUrlUnusable:
            if time.monotonic() >= deadline:
                raise DeadlineExceeded(FETCHED_TOO_LONG) from None
            raise
        if sniff(data) is None:
            raise ImageUrlUnusable
        return data


def _inline(text: str) -> ImageSource:
    encoded = _encoded(text)
    if not encoded:
        raise ImageEmpty
    longest = settings.MAX_IMAGE_BYTES * 4 // 3 + 4
    if len(encoded) > longest:
        return OversizedImage()
    return InlineImage(_decoded(encoded))


def _encoded(text: str) -> bytes:
    head = _DATA_URI.match(text)
    if head is None and text[:5].lower() == "data:":
        raise ImageNotBase64(
            "`image` is a data URI without base64: write it as `data:image/jpeg;base64,` and the encoded photo."
        )
    try:
        encoded = text.encode("ascii")
    except UnicodeEncodeError as error:
        raise ImageNotBase64 from error
    if head is not None:
        encoded = _unescaped(encoded[head.end() :])
    if any(space in encoded for space in _WHITESPACE):
        encoded = encoded.translate(None, _WHITESPACE)
    return encoded


def _unescaped(encoded: bytes) -> bytes:
    """A data URI may percent-encode what stands in it."""
    if b"%" in encoded:
        for escape, character in _ESCAPES.items():
            encoded = encoded.replace(escape, character).replace(escape.lower(), character)
    return encoded


def _decoded(encoded: bytes) -> bytes:
    """Either alphabet, even both, with or without padding; pybase64 takes a fortieth of the standard library's time."""
    digits = encoded.replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    try:
        return bytes(pybase64.b64decode(digits + b"=" * (-len(digits) % 4), validate=True))
    except Base64Error as error:
        raise ImageNotBase64 from error
