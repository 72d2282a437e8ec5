"""Host name to addresses: asked once, answered within the deadline or not at all."""

import socket
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread

from skuapi.fetch.addresses import Address
from skuapi.fetch.deadline import Deadline
from skuapi.fetch.refusal import UrlRefused

# getaddrinfo cannot be interrupted: a lookup that nobody waits for any more keeps its thread for as long
# as the system's resolver tries. This many may be under way at once.
MAX_LOOKUPS = 32

_lookups = BoundedSemaphore(MAX_LOOKUPS)
_Answer = SimpleQueue[list[str] | OSError | UnicodeError]


def resolve(host: str, deadline: Deadline) -> list[Address]:
    """At least one address, in the order the system prefers."""
    try:
        return [ip_address(host)]
    except ValueError:
        names = _ask(host, deadline)
    addresses = [ip_address(name) for name in dict.fromkeys(names)]
    if not addresses:
        raise UrlRefused("the name has no address")
    return addresses


def _ask(host: str, deadline: Deadline) -> list[str]:
    if not _lookups.acquire(timeout=deadline.remaining()):
        raise UrlRefused("too many name lookups under way")
    answer: _Answer = SimpleQueue()
    Thread(target=_look_up, args=(host, answer), name="image-url-lookup", daemon=True).start()
    try:
        found = answer.get(timeout=deadline.remaining())
    except Empty as error:
        raise UrlRefused("the name lookup took too long") from error
    if isinstance(found, Exception):
        raise UrlRefused(f"the name lookup failed: {found!r}") from found
    return found


def _look_up(host: str, answer: _Answer) -> None:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        answer.put([str(entry[4][0]) for entry in found])
    except (OSError, UnicodeError) as error:
        answer.put(error)
    finally:
        _lookups.release()
