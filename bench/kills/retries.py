"""Clients that hang up at any point and ask again with the same Idempotency-Key, while workers are killed."""

import json
import random
import socket
import struct
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

from bench.kills.load import told
from bench.kills.victim import Victim
from bench.served import PREDICT

CLIENTS = 8
ANSWERS_BETWEEN_KILLS = 25
"""At most; a random number of them."""
REPEATED = 0.2
"""The share of names that are asked once more after their answer has come."""
GIVE_UP_SECONDS = 120.0


@dataclass(frozen=True)
class Retried:
    """names: Idempotency-Keys that were answered; faults: attempts that were broken off, each followed by a retry.

    unlike: names that were answered with two different bodies; odd: answers that none of this explains.
    """

    names: int
    faults: int
    by_kind: dict[str, int]
    kills: int
    used: int
    unlike: int
    odd: int
    disagreements: int
    leaked: int
    seconds: float

    @property
    def billed_twice(self) -> int:
        return self.used - self.names

    @property
    def is_right(self) -> bool:
        return not any((self.billed_twice, self.unlike, self.odd, self.disagreements, self.leaked))


class Retries:
    def __init__(self, victim: Victim, faults: int, tell: Callable[[str], None]) -> None:
        self.counts: Counter[str] = Counter()
        self._victim, self._goal, self._tell = victim, faults, tell
        self._lock = threading.Lock()

    @property
    def faults(self) -> int:
        return sum(self.counts[kind] for kind in ("sending", "waiting", "reading", "killed"))

    def run(self) -> None:
        with ThreadPoolExecutor(CLIENTS + 1) as pool:
            clients = [pool.submit(self._work) for _ in range(CLIENTS)]
            pool.submit(self._kill, clients).result()
            for client in clients:
                client.result()

    def _kill(self, clients: "list[Future[None]]") -> None:
        while self.faults < self._goal and not all(client.done() for client in clients):
            goal = self.counts["answered"] + random.randrange(ANSWERS_BETWEEN_KILLS)
            end = time.monotonic() + 2
            while self.counts["answered"] <= goal and time.monotonic() < end:
                time.sleep(0.002)
            time.sleep(random.uniform(0, 0.03))
            self._victim.kill()
            if self._victim.kills % 25 == 0:
                self._tell(f"{self.faults} of {self._goal} faults, {self._victim.kills} kills")

    def _work(self) -> None:
        while self.faults < self._goal:
            name, body = uuid.uuid4().hex, self._victim.body()
            for _ in range(random.choice((1, 1, 2, 3))):
                self._count(self._broken_off(name, body))
            first = self._answer(name, body)
            if first is None:
                self._count("refused")
                continue
            self._count("answered")
            if random.random() < REPEATED:
                self._count("repeated" if self._answer(name, body) == first else "unlike")

    def _count(self, what: str) -> None:
        with self._lock:
            self.counts[what] += 1

    def _head(self, name: str) -> dict[str, str]:
        return {"X-API-Key": self._victim.key, "Idempotency-Key": name, "Content-Type": "application/json"}

    def _broken_off(self, name: str, body: bytes) -> str:
        """Hangs up while sending, waiting or reading, politely or not."""
        host, port = self._victim.address.split(":")
        lines = [f"{header}: {value}" for header, value in self._head(name).items()]
        head = "\r\n".join(
            [f"POST {PREDICT} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}", *lines, "", ""]
        )
        request, kind = head.encode() + body, random.choice(("sending", "waiting", "reading"))
        try:
            with socket.create_connection((host, int(port)), timeout=60) as connection:
                if random.random() < 0.5:  # a reset instead of a farewell
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.sendall(request[: random.randrange(len(request))] if kind == "sending" else request)
                if kind == "waiting":
                    time.sleep(random.uniform(0, 0.05))
                elif kind == "reading":
                    connection.recv(random.randrange(1, 8000))
        except OSError:
            return "killed"
        return kind

    def _answer(self, name: str, body: bytes) -> bytes | None:
        """Asks until there is one. None: two kills fell on this photo, which is then read no more, and not billed."""
        end = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < end:
            status, answer = self._asked(name, body)
            if status == 200:
                return answer
            code = json.loads(answer)["code"] if status else ""
            if code == "image_refused":
                return None
            if status == 0:
                self._count("killed")
            elif code == "idempotency_in_progress":
                self._count("in progress")
                time.sleep(0.05)
            else:
                self._count("odd")
                self._tell(f"{status}: {answer[:300]!r}")
        raise TimeoutError(f"{name} was not answered within {GIVE_UP_SECONDS} seconds")

    def _asked(self, name: str, body: bytes) -> tuple[int, bytes]:
        connection = HTTPConnection(self._victim.address, timeout=60)
        try:
            connection.request("POST", PREDICT, body, self._head(name))
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, HTTPException):
            return 0, b""
        finally:
            connection.close()


def retried(victim: Victim, faults: int, tell: Callable[[str], None] = told) -> Retried:
    began, retries = time.monotonic(), Retries(victim, faults, tell)
    victim.books.leave(10 * faults)
    used_before, kills_before = victim.look().used, victim.kills
    retries.run()
    account = victim.after_the_lease()
    return Retried(
        names=retries.counts["answered"],
        faults=retries.faults,
        by_kind=dict(retries.counts),
        kills=victim.kills - kills_before,
        used=account.used - used_before,
        unlike=retries.counts["unlike"],
        odd=retries.counts["odd"],
        disagreements=victim.disagreements,
        leaked=account.in_flight + account.rows,
        seconds=time.monotonic() - began,
    )
