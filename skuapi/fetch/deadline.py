"""One point in time for a whole fetch, redirects included.

A socket's own timeout bounds each read, not their sum: a server that sends a byte every few seconds
would never meet it. So a timer shuts the socket down when the time is up, whatever waits on it.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from time import monotonic

from skuapi.fetch.refusal import UrlRefused


class Deadline:
    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds

    def remaining(self) -> float:
        """Seconds, more than zero. Raises UrlRefused when the time is up."""
        left = self._end - monotonic()
        if left <= 0:
            raise UrlRefused("took too long")
        return left

    @contextmanager
    def guarding(self, sock: socket.socket) -> Iterator[None]:
        """The timer holds a twin of the socket, because TLS takes the original's descriptor away."""
        left = self.remaining()
        with sock.dup() as twin:
            timer = Timer(left, _shut, [twin])
            timer.daemon = True
            timer.start()
            try:
                yield
            finally:
                timer.cancel()


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
