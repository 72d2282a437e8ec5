"""A socket to an address that has been checked, and to no other."""

import socket
import ssl
from functools import lru_cache
from ipaddress import IPv6Address

import certifi

from skuapi.fetch.addresses import Address, is_public
from skuapi.fetch.allowed import is_allowed
from skuapi.fetch.deadline import Deadline
from skuapi.fetch.refusal import UrlRefused
from skuapi.fetch.resolver import resolve
from skuapi.fetch.url import Target

MAX_ATTEMPTS = 4  # addresses of one host that are tried


def dial(target: Target, deadline: Deadline) -> socket.socket:
    """Connected, without TLS yet. Raises UrlRefused or OSError."""
    allowed = is_allowed(target)
    if not allowed and not target.on_standard_port:
        raise UrlRefused("not the standard port")
    addresses = resolve(target.host, deadline)
    if not allowed and not all(map(is_public, addresses)):
        raise UrlRefused("an address that is not public")
    return _first_answering(addresses[:MAX_ATTEMPTS], target.port, deadline)


def secure(sock: socket.socket, target: Target) -> socket.socket:
    """The certificate must be valid for the name in the URL, whatever address was dialled."""
    if target.scheme == "http":
        return sock
    return tls_context().wrap_socket(sock, server_hostname=target.host)


@lru_cache(maxsize=1)
def tls_context() -> ssl.SSLContext:
    """The system's roots, where an operator adds a private one, and certifi's where the system has none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _first_answering(addresses: list[Address], port: int, deadline: Deadline) -> socket.socket:
    failure: OSError | None = None
    for tried, address in enumerate(addresses):
        try:
            return _connect(address, port, deadline.remaining() / (len(addresses) - tried))
        except OSError as error:
            failure = error
    raise UrlRefused(f"no connection: {failure!r}") from failure


def _connect(address: Address, port: int, timeout: float) -> socket.socket:
    family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(timeout)
        sock.connect((str(address), port))
    except BaseException:
        sock.close()
        raise
    return sock
