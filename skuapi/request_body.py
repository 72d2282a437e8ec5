"""Reads request bodies within limits, before Django does, and parses them strictly."""

import io
import json
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any, Final, NoReturn

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.urls import Resolver404, resolve
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from skuapi.errors import BodyTooLarge, BodyUnreadable, EdgeError

REFUSAL: Final = "skuapi.body_refusal"
CHUNK = 65536
# A client that is still sending cannot read the answer, so the rest is read and dropped, up to a point.
DRAINED_BYTES = 64 * 1024 * 1024
DRAINED_SECONDS = 10.0

Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Any], Iterable[bytes]]


class BodyLimit:
    """WSGI wrapper: bodies above the limit are dropped and marked; chunked ones get a length Django can use.

    Whatever nobody has read by the time the answer stands is dropped too: a refused key must not look
    like a broken connection to a client that is still sending its photo.
    """

    def __init__(self, app: WsgiApp) -> None:
        self.app = app

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        stream, length = environ["wsgi.input"], environ.get("CONTENT_LENGTH") or ""
        with _impatient(environ.get("gunicorn.socket")):
            if length.isdecimal() and int(length) > settings.MAX_BODY_BYTES and int(length) > _largest(environ):
                _refuse(environ, BodyTooLarge())
            elif not length and environ.get("wsgi.input_terminated"):
                _measure(environ)
            answer = self.app(environ, start_response)
            _drop(stream)
        return answer


@contextmanager
def _impatient(connection: socket.socket | None) -> Iterator[None]:
    """Bounds every wait for the client's bytes; the answer is sent without a bound."""
    if connection is None:
        yield
        return
    connection.settimeout(settings.BODY_SILENCE)
    try:
        yield
    finally:
        connection.settimeout(None)


def _largest(environ: Environ) -> int:
    """Releases and photos come through admin, which asks who sends them before it reads the first byte."""
    larger = {
        "admin:modelstore_release_upload": settings.MAX_BUNDLE_BYTES,
        "admin:modelstore_modelline_add_sku": settings.MAX_PHOTOS_BYTES,
        "onboarding_trial": settings.MAX_PHOTOS_BYTES,
        "tenant_trial": settings.MAX_PHOTOS_BYTES,
    }
    try:
        return larger.get(resolve(environ["PATH_INFO"]).view_name, settings.MAX_BODY_BYTES)
    except Resolver404:
        return int(settings.MAX_BODY_BYTES)


def _measure(environ: Environ) -> None:
    """A chunked body has no length: read it, as far as the limit."""
    try:
        body = _read_up_to(environ["wsgi.input"], settings.MAX_BODY_BYTES + 1)
    except Exception:  # noqa: BLE001 - each server has its own exceptions for chunks that are none
        _refuse(environ, BodyUnreadable("The chunked body is broken. Let your HTTP client build it."))
        return
    if len(body) > settings.MAX_BODY_BYTES:
        _refuse(environ, BodyTooLarge())
    else:
        _replace(environ, body)


def _read_up_to(stream: IO[bytes], most: int) -> bytes:
    parts, missing = [], most
    while missing and (part := stream.read(min(CHUNK, missing))):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _drop(stream: IO[bytes]) -> None:
    """Read what is left. A client that went silent, or sent chunks that are none, is left alone."""
    left, end = DRAINED_BYTES, time.monotonic() + DRAINED_SECONDS
    try:
        while left > 0 and time.monotonic() < end and (part := stream.read(CHUNK)):
            left -= len(part)
    except Exception:  # noqa: BLE001 - the server closes the connection, which is all that can be done
        return


def _refuse(environ: Environ, error: EdgeError) -> None:
    environ[REFUSAL] = error
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
            # Text, because json.loads decodes bytes three times as slowly, for the sake of lone surrogates.
            body = stream.read()
            return json.loads(body.decode(json.detect_encoding(body)), parse_constant=_refuse_constant)
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
        except (ParseError, SuspiciousOperation, ValueError, LookupError) as error:
            raise BodyUnreadable("The multipart body cannot be read. Let your HTTP client build it.") from error


def was_dropped(environ: Environ) -> bool:
    """Whether BodyLimit has dropped the body, and Django sees an empty one."""
    return REFUSAL in environ


def refuse_unread(environ: Environ) -> None:
    """Raises what BodyLimit has noted about this request."""
    refusal: EdgeError | None = environ.get(REFUSAL)
    if refusal:
        raise refusal
