"""Reads request bodies within limits, before Django does, and parses them strictly."""

import io
import json
import time
from collections.abc import Callable, Iterable, Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from skuapi.errors import BodyTooLarge, BodyUnreadable

TOO_LARGE = "skuapi.body_too_large"
CHUNK = 65536
# A client that is still sending cannot read the answer, so the rest is read and dropped, up to a point.
DRAINED_BYTES = 64 * 1024 * 1024
DRAINED_SECONDS = 10.0

Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Any], Iterable[bytes]]


class BodyLimit:
    """WSGI wrapper: bodies above the limit are dropped and marked; chunked ones get a length Django can use."""

    def __init__(self, app: WsgiApp) -> None:
        self.app = app

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isdecimal() and int(length) > settings.MAX_BODY_BYTES:
            _drop(environ, environ["wsgi.input"], int(length))
        elif not length and environ.get("wsgi.input_terminated"):
            _measure(environ)
        return self.app(environ, start_response)


def _measure(environ: Environ) -> None:
    """A chunked body has no length: read it, as far as the limit."""
    body = _read_up_to(environ["wsgi.input"], settings.MAX_BODY_BYTES + 1)
    if len(body) > settings.MAX_BODY_BYTES:
        _drop(environ, environ["wsgi.input"], DRAINED_BYTES)
    else:
        _replace(environ, body)


def _read_up_to(stream: IO[bytes], most: int) -> bytes:
    parts, missing = [], most
    while missing and (part := stream.read(min(CHUNK, missing))):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _drop(environ: Environ, stream: IO[bytes], length: int) -> None:
    missing, end = min(length, DRAINED_BYTES), time.monotonic() + DRAINED_SECONDS
    while missing > 0 and time.monotonic() < end and (part := stream.read(min(CHUNK, missing))):
        missing -= len(part)
    environ[TOO_LARGE] = True
    _replace(environ, b"")


def _replace(environ: Environ, body: bytes) -> None:
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))


class StrictJsonParser(BaseParser):
    """JSON as RFC 8259 has it: no NaN, no Infinity, and nothing nested deeper than the interpreter can go."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return json.loads(stream.read(), parse_constant=_refuse_constant)
        except RecursionError as error:
            raise BodyUnreadable("The JSON body is nested too deeply. Send a flat object.") from error
        except ValueError as error:
            raise BodyUnreadable(f"The body is not valid JSON: {error}. Check quotes, commas and encoding.") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


class UploadParser(MultiPartParser):
    """multipart/form-data, with errors in the words of this API."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> "DataAndFiles[Any, Any]":
        try:
            return super().parse(stream, media_type, dict(parser_context or {}))
        except Exception as error:
            raise BodyUnreadable("The multipart body cannot be read. Let your HTTP client build it.") from error


def refuse_if_too_large(environ: Environ) -> None:
    if environ.get(TOO_LARGE):
        raise BodyTooLarge
