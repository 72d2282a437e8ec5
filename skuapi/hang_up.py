"""Whether the client of a request is still there: nothing is computed for one that has hung up."""

import select
import socket

from django.http import HttpRequest

GONE = select.POLLHUP | select.POLLERR | getattr(select, "POLLRDHUP", 0)


def has_hung_up(request: HttpRequest) -> bool:
    """False where the server gives no access to the connection."""
    connection = request.META.get("gunicorn.socket")
    if not isinstance(connection, socket.socket):
        return False
    if connection.fileno() < 0:
        return True
    looking = select.poll()
    looking.register(connection, GONE)
    return bool(looking.poll(0))
