"""The one image of a v0 request: base64 whatever the content type says, an upload, or a URL in the query."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest

from inference.image_errors import ImageEmpty, ImageNotBase64
from skuapi.errors import FieldInvalid
from skuapi.image_input import ImageSource

NONE_SENT = (
    "no image was sent. Send it in base64 as the body, as the part `file` of a multipart body, or its address as the "
    "query's `image`."
)
NO_TEXT = "the body is JSON. Send the base64 text of the image alone, or call /roboflow/infer/… with JSON."
SEVERAL = "Several images were sent. Send one a request, or a list of them to /roboflow/infer/…"


@dataclass(frozen=True)
class NamedImage:
    """name: of an uploaded file; empty otherwise."""

    source: ImageSource
    name: str = ""


def image_of(request: HttpRequest, urls: Sequence[str]) -> NamedImage:
    """urls: of the query. Raises ImageError by what the text looks like alone, and FieldInvalid."""
    found = [NamedImage(ImageSource.parse(url)) for url in urls] + _in_body(request)
    if not found:
        raise ImageEmpty(NONE_SENT)
    if len(found) > 1:
        raise FieldInvalid(SEVERAL)
    return found[0]


def _in_body(request: HttpRequest) -> list[NamedImage]:
    body = request.body.strip() if request.method == "POST" else b""  # read whole, before Django looks for a form
    if request.content_type == "multipart/form-data":
        files = [file for _, part in request.FILES.lists() for file in part]
        return [NamedImage(ImageSource.parse(file), file.name or "") for file in files]
    return [NamedImage(ImageSource.parse(_text(body)))] if body else []


def _text(body: bytes) -> str:
    """`+` is a digit, never a space; some clients quote the text as JSON, or escape it as forms do."""
    if body.startswith((b"{", b"[")):
        raise ImageNotBase64(NO_TEXT)
    digits = body.strip(b'"')
    return (unquote_to_bytes(digits) if b"%" in digits else digits).decode("latin-1")
