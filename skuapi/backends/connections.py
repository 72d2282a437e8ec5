"""Kept-alive HTTP connections to the replicas, one request on each at a time."""

import http.client
import select
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

CONNECT_SECONDS = 2.0
LOOK_SECONDS = 0.5
Reply = tuple[int, bytes]


class NoReply(Exception):
    """The connection could not be made, or broke off before the answer was there. sent: whether it had been made."""

    def __init__(self, sent: bool) -> None:
        super().__init__()
        self.sent = sent


class TooLate(Exception):
    """There was no answer in time."""


class GivenUp(Exception):
    """Nobody waits for the answer any longer."""


class Connections:
    """url: of the replicas, http://host:port."""

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url).netloc
        self._idle = deque[http.client.HTTPConnection]()

    def ask(
        self,
        method: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        deadline: float,
        gone: Callable[[], bool] = lambda: False,
    ) -> Reply:
        """Status and body. deadline: in time.monotonic() seconds. Raises NoReply, TooLate, GivenUp."""
        with self._connection(deadline) as connection:
            connection.sock.settimeout(_left(deadline))  # of all that is sent
            connection.request(method, path, body, dict(headers))
            _wait(connection, deadline, gone)
            connection.sock.settimeout(_left(deadline))
            response = connection.getresponse()
            return response.status, response.read()

    @contextmanager
    def _connection(self, deadline: float) -> Iterator[http.client.HTTPConnection]:
        """Given back when all went well, and closed otherwise: the other side then knows that nobody waits."""
        connection = self._kept() or self._made(deadline)
        try:
            yield connection
        except TimeoutError as error:  # before OSError, which it is, too
            connection.close()
            raise TooLate from error
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise NoReply(sent=True) from error
        except BaseException:
            connection.close()
            raise
        if connection.sock is not None:  # the other side may have said that it closes
            self._idle.append(connection)

    def _kept(self) -> http.client.HTTPConnection | None:
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if not _readable(connection, 0):  # readable before anything was asked: the other side has closed it
                return connection
            connection.close()

    def _made(self, deadline: float) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(self._address, timeout=min(CONNECT_SECONDS, _left(deadline)))
        try:
            connection.connect()
        except OSError as error:
            raise NoReply(sent=False) from error
        return connection


def _left(deadline: float) -> float:
    """Seconds, more than none. Raises TooLate."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TooLate
    return left


def _wait(connection: http.client.HTTPConnection, deadline: float, gone: Callable[[], bool]) -> None:
    while (left := deadline - time.monotonic()) > 0:
        if _readable(connection, min(left, LOOK_SECONDS)):
            return
        if gone():
            raise GivenUp
    raise TooLate


def _readable(connection: http.client.HTTPConnection, seconds: float) -> bool:
    looking = select.poll()
    looking.register(connection.sock, select.POLLIN)
    return bool(looking.poll(seconds * 1000))
