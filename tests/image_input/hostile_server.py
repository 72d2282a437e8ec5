"""A server that answers byte for byte what a test says, at the pace it says, on a port of loopback."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Event, Thread

Script = Callable[["Client"], None]
OK = b"HTTP/1.1 200 OK\r\n"


class Client:
    """One connection as the server sees it."""

    def __init__(self, sock: socket.socket, closing: Event) -> None:
        self.sock, self.closing = sock, closing

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.sock.sendall(piece)

    def drip(self, pieces: Iterator[bytes], pause: float) -> None:
        """Until the client has gone or the test is over."""
        for piece in pieces:
            if self.closing.wait(pause):
                return
            self.sock.sendall(piece)

    def head(self) -> bytes:
        received = b""
        while b"\r\n\r\n" not in received:
            piece = self.sock.recv(65_536)
            if not piece:
                break
            received += piece
        return received


class HostileServer:
    """`requests` has the head of each request."""

    def __init__(
        self,
        script: Script,
        tls: ssl.SSLContext | None = None,
        *,
        reads_head: bool = True,
        address: str = "127.0.0.1",
    ) -> None:
        self.script, self.tls, self.reads_head = script, tls, reads_head
        self.requests: list[bytes] = []
        self.connections = 0
        self._closing = Event()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._listener = socket.create_server((address, 0), family=family)
        self.port: int = self._listener.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    def close(self) -> None:
        self._closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self.connections += 1
                Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with suppress(OSError, ssl.SSLError):
            if self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True)
            client = Client(sock, self._closing)
            if self.reads_head:
                self.requests.append(client.head())
            self.script(client)
        sock.close()


def answer(*pieces: bytes) -> Script:
    return lambda client: client.send(*pieces)


def body(data: bytes, *headers: bytes) -> Script:
    lines = [b"Content-Length: %d" % len(data), *headers]
    return answer(OK + b"\r\n".join(lines) + b"\r\n\r\n" + data)


def chunked(*chunks: bytes) -> bytes:
    framed = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return OK + b"Transfer-Encoding: chunked\r\n\r\n" + framed + b"0\r\n\r\n"


def redirect(location: str, status: int = 302) -> bytes:
    return b"HTTP/1.1 %d Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (status, location.encode())
