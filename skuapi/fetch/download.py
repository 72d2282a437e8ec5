"""Ask, follow a few redirects, read a bounded answer."""

import logging
import socket
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection

from django.conf import settings

from inference.image_errors import ImageUrlUnusable
from skuapi.fetch.connection import dial, secure, tls_context
from skuapi.fetch.deadline import Deadline
from skuapi.fetch.refusal import UrlRefused
from skuapi.fetch.url import Target, parse_url

MAX_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PIECE = 65_536
HEADERS = {
    "Accept": "image/jpeg, image/png, image/webp",
    "Accept-Encoding": "identity",
    "User-Agent": "sku-detection-predict-api",
    "Connection": "close",
}

logger = logging.getLogger(__name__)


def fetch(url: str, seconds: float | None = None) -> bytes:
    """The body behind `url`, at most `settings.MAX_IMAGE_BYTES`, within so many seconds, or else FETCH_TIMEOUT.

    Raises ImageUrlUnusable with the same sentence for every cause; the cause is logged.
    """
    try:
        return _follow(parse_url(url), Deadline(settings.FETCH_TIMEOUT if seconds is None else seconds))
    except (UrlRefused, OSError, HTTPException) as error:
        # Never the URL itself: its query may be somebody's signature.
        logger.info("image URL refused: %s", error.reason if isinstance(error, UrlRefused) else repr(error))
        raise ImageUrlUnusable from error


def _follow(target: Target, deadline: Deadline) -> bytes:
    for _ in range(1 + MAX_REDIRECTS):
        answer = _get(target, deadline)
        if isinstance(answer, bytes):
            return answer
        target = answer
    raise UrlRefused("too many redirects")


def _get(target: Target, deadline: Deadline) -> bytes | Target:
    """The body, or where the answer points."""
    with dial(target, deadline) as plain, deadline.guarding(plain):
        plain.settimeout(deadline.remaining())
        with secure(plain, target) as sock:
            response = _request(sock, target)
            if response.status in REDIRECTS:
                return _next(target, response)
            body = _body(response)
        deadline.remaining()  # a socket that was shut down looks like the end of the body
        return body


def _request(sock: socket.socket, target: Target) -> HTTPResponse:
    connection = _connection(target)
    connection.sock = sock  # set beforehand, so that http.client never dials for itself
    connection.request("GET", target.path, headers=HEADERS)
    return connection.getresponse()


def _connection(target: Target) -> HTTPConnection:
    if target.scheme == "https":
        return HTTPSConnection(target.host, target.port, context=tls_context())
    return HTTPConnection(target.host, target.port)


def _next(target: Target, response: HTTPResponse) -> Target:
    location = response.getheader("Location")
    if not location:
        raise UrlRefused("a redirect to nowhere")
    return target.join(location)


def _body(response: HTTPResponse) -> bytes:
    if response.status != 200:
        raise UrlRefused(f"status {response.status}")
    if response.getheader("Content-Encoding", "").strip().lower() not in ("", "identity"):
        raise UrlRefused("a compressed answer")
    body = bytearray()
    if (response.length or 0) > settings.MAX_IMAGE_BYTES:
        raise UrlRefused("announces too many bytes")
    while piece := response.read(PIECE):
        body += piece
        if len(body) > settings.MAX_IMAGE_BYTES:
            raise UrlRefused("too many bytes")
    if response.length:
        raise UrlRefused("ended before the announced length")
    return bytes(body)
