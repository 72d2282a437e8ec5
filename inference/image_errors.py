"""What can be wrong with the `image` of a request: one class a code, each with the sentence a client reads.

Statuses are not known here; the edge maps the whole family at once.
"""

from typing import ClassVar

MEGABYTE = 1024 * 1024


class ImageError(Exception):
    """The sentence names the field and the fix; `code` is stable."""

    code: ClassVar[str]
    sentence: ClassVar[str]

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or self.sentence)


class ImageEmpty(ImageError):
    code = "image_empty"
    sentence = "`image` is empty: send the bytes of a JPEG, PNG or WebP photo."


class ImageNotBase64(ImageError):
    code = "image_not_base64"
    sentence = (
        "`image` is neither base64, a base64 data URI nor an http(s) URL: "
        "encode the bytes of the photo as standard or URL-safe base64."
    )


class ImageUrlUnusable(ImageError):
    """One sentence for every cause: a client must not learn what the service's network looks like."""

    code = "image_url_unusable"
    sentence = (
        "The URL in `image` could not be used: it must be a public http or https address on the standard port "
        "that answers in time with a JPEG, PNG or WebP of at most 5 MB. Otherwise send the photo as base64."
    )


class ImageTooLarge(ImageError):
    code = "image_too_large"

    def __init__(self, max_bytes: int) -> None:
        super().__init__(
            f"`image` is larger than {max_bytes:,} bytes ({max_bytes / MEGABYTE:g} MB): "
            "send a smaller photo or a stronger JPEG compression."
        )


class ImageTooManyPixels(ImageError):
    code = "image_too_many_pixels"

    def __init__(self, width: int, height: int, max_pixels: int) -> None:
        super().__init__(
            f"`image` has {width} x {height} pixels, more than {max_pixels / 1e6:g} megapixels: scale the photo down."
        )


class ImageFormatUnsupported(ImageError):
    code = "image_format_unsupported"
    sentence = "`image` is not a JPEG, PNG or WebP file, whatever its name says: convert the photo to one of these."


class ImageAnimated(ImageError):
    code = "image_animated"
    sentence = "`image` is animated: send a single frame as JPEG, PNG or WebP."


class ImageCorrupt(ImageError):
    code = "image_corrupt"
    sentence = "`image` is damaged or cut off and cannot be decoded: export or upload the photo again."


class ImageRefused(ImageError):
    code = "image_refused"
    sentence = (
        "`image` is not read again: the service has stopped twice while it was being read. "
        "Save the photo anew, in another size or format, or send the operator the X-Request-ID header."
    )
