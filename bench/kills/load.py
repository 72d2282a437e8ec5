"""Kills under load: clients that ask again and again, without an Idempotency-Key, close to the end of their quota."""

import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

from bench.kills.victim import Victim
from bench.served import PREDICT

CLIENTS = 8
ROOM = 30
"""Units that are free after a kill: some clients meet the end of the quota before the next."""
DELIVERED_AT_MOST = 25
STUCK_SECONDS = 3.0
GRANTED_SECONDS = 600.0
"""For the rest of the quota, at the end."""


@dataclass(frozen=True)
class Killed:
    """amid: kills between reservation and answer; delivered: 2xx that arrived whole; broken: connections.

    leaked: units in flight, or rows of them, after the lease; ungranted: units left over when all of a quota was asked
    for at the end.
    """

    kills: int
    amid: int
    delivered: int
    used: int
    broken: int
    refused: int
    overruns: int
    disagreements: int
    leaked: int
    ungranted: int
    seconds: float

    @property
    def billed_and_not_delivered(self) -> int:
        return self.used - self.delivered

    @property
    def is_right(self) -> bool:
        wrong = (self.overruns, self.disagreements, self.leaked, self.ungranted)
        return not any(wrong) and 0 <= self.billed_and_not_delivered <= self.broken


class Load:
    """counts: of answers by status; 0: connections that broke."""

    def __init__(self, victim: Victim) -> None:
        self.counts: Counter[int] = Counter()
        self._victim = victim
        self._changed = threading.Condition()

    def wait_for(self, delivered: int, seconds: float) -> None:
        """Until so many more were answered with 200, or this long."""
        with self._changed:
            goal = self.counts[200] + delivered
            self._changed.wait_for(lambda: self.counts[200] >= goal, seconds)

    @contextmanager
    def running(self) -> Iterator[None]:
        ended = threading.Event()
        threads = [threading.Thread(target=self._work, args=(ended,)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            ended.set()
            for thread in threads:
                thread.join()

    def _work(self, ended: threading.Event) -> None:
        connection: HTTPConnection | None = None
        while not ended.is_set():
            connection = connection or HTTPConnection(self._victim.address, timeout=120)
            status = self._asked(connection)
            if status == 0:
                connection.close()
                connection = None
            if status != 200:
                time.sleep(0.01)

    def _asked(self, connection: HTTPConnection) -> int:
        headers = {"X-API-Key": self._victim.key, "Content-Type": "application/json"}
        try:
            connection.request("POST", PREDICT, self._victim.body(), headers)
            response = connection.getresponse()
            response.read()
            status = response.status
        except (OSError, HTTPException):
            status = 0
        with self._changed:
            self.counts[status] += 1
            self._changed.notify_all()
        return status


def told(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def killed(victim: Victim, kills: int, first_wait: float = STUCK_SECONDS, tell: Callable[[str], None] = told) -> Killed:
    """first_wait: seconds until a new worker has certainly answered."""
    load, began = Load(victim), time.monotonic()
    used_before = victim.look().used
    with load.running():
        for number in range(1, kills + 1):
            victim.books.leave(ROOM)
            load.wait_for(1, first_wait)
            load.wait_for(random.randrange(DELIVERED_AT_MOST), random.uniform(0, 0.5))
            time.sleep(random.uniform(0, 0.03))
            victim.kill()
            if number % 50 == 0 or number == kills:
                tell(f"{number} of {kills} kills, {victim.kills_amid} amid a request, {time.monotonic() - began:.0f} s")
    return _settled(victim, load, used_before, began)


def _settled(victim: Victim, load: Load, used_before: int, began: float) -> Killed:
    """When all leases have ended the rest of the quota is asked for: exactly that must be granted."""
    victim.books.leave(ROOM)
    at_rest = victim.after_the_lease()
    with load.running():
        end = time.monotonic() + GRANTED_SECONDS
        while victim.look().used < at_rest.limit and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.2)  # clients go on asking
    last = victim.after_the_lease()
    return Killed(
        kills=victim.kills,
        amid=victim.kills_amid,
        delivered=load.counts[200],
        used=last.used - used_before,
        broken=load.counts[0],
        refused=load.counts[429],
        overruns=victim.overruns,
        disagreements=victim.disagreements,
        leaked=at_rest.in_flight + at_rest.rows + last.in_flight + last.rows,
        ungranted=at_rest.limit - last.used,
        seconds=time.monotonic() - began,
    )
