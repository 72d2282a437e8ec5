"""Whether the client of a request is still there: nothing is computed for one that has hung up.

A client that closes only its own half and still reads looks the same as one that is gone, until something is written
to it: both have sent a FIN. It is taken for gone, as nginx (499), HAProxy (`abortonclose`) and Go's server take it:
nearly all who send one have given up, and each photo that is read for nobody keeps others waiting. Whoever half-closes,
as some home-made HTTP/1.0 tools do, keeps the connection open until the answer is there, or asks through a proxy that
is told to bear it (nginx: `proxy_ignore_client_abort on`).
"""

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
