"""`python -m bench.keys`: how long it takes to check a key, and whether a wrong one tells that its id is known.

SQLite, or with --database URL an empty PostgreSQL database; two hundred keys, in one process without HTTP.
"""

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bench.report import markdown
from tests.live_server import ROOT, Site

KEYS = 200
COLUMNS = (
    *("database", "SELECT 1: median, p99", "valid, statement planned anew", "valid, as served"),
    *("wrong secret", "unknown id", "difference"),
)


def main(database: str, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder), {"DATABASE_URL": database} if database else {})
        site.manage("migrate", "--verbosity", "0")
        environment = {**site.environment, "DJANGO_SETTINGS_MODULE": "skuapi.settings"}
        command = [sys.executable, "-m", "bench.keys", "--inside", "--rounds", str(rounds)]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)


def inside(rounds: int) -> None:
    """With the settings of the site."""
    import django

    django.setup()

    from django.db import connection

    from tenants import keys, quota
    from tenants.models import Tenant

    issued = []
    for number in range(KEYS // 10):
        tenant = Tenant.objects.create(name=f"T{number}")
        issued += [keys.issue(tenant) for _ in range(10)]
        quota.reserve(issued[-1][0]).settle()

    def known() -> str:
        return random.choice(issued)[1]

    bare, anew, good, wrong, unknown = _alternately(
        rounds,
        (known, _select_1),
        (known, _proven_anew),
        (known, _proven),
        (lambda: _mended(known(), 22), _proven),
        (lambda: _mended(known(), 9), _proven),
    )
    difference = statistics.median(unknown) / statistics.median(wrong) - 1
    row = (
        "PostgreSQL" if connection.vendor == "postgresql" else "SQLite",
        *(_told(times) for times in (bare, anew, good)),
        *(f"{statistics.median(times):.3f} ms" for times in (wrong, unknown)),
        f"{difference:+.1%}",
    )
    print(f"{KEYS} keys, {rounds} times each, in turn; aims: 1 ms at p99, 5 % between the two that are refused")
    print(markdown(COLUMNS, [row]))


def _told(times: list[float]) -> str:
    return f"{statistics.median(times):.2f}, {_p99(times):.2f} ms"


def _mended(text: str, at: int) -> str:
    """Another character from there on, and the checksum that belongs to it."""
    from tenants import keys

    body = text[: -keys.CHECKSUM_LENGTH]
    length = keys.ID_LENGTH if at == 9 else keys.SECRET_LENGTH
    body = body[:at] + "".join(random.choice(keys.BASE62) for _ in range(length)) + body[at + length :]
    return body + keys.checksum(body)


def _alternately(rounds: int, *kinds: tuple[Callable[[], str], Callable[[str], None]]) -> list[list[float]]:
    """Milliseconds of each kind; in an order of its own every round, so that no kind follows the same one.

    kinds: what makes a text, and what is done with it, which alone is measured."""
    took: list[list[float]] = [[] for _ in kinds]
    for round_ in range(rounds + 100):
        for kind in random.sample(range(len(kinds)), len(kinds)):
            make, work = kinds[kind]
            text = make()
            began = time.perf_counter()
            work(text)
            if round_ >= 100:
                took[kind].append((time.perf_counter() - began) * 1000)
    return took


def _proven(text: str) -> None:
    from tenants import keys
    from tenants.errors import KeyUnknown

    with suppress(KeyUnknown):
        keys.prove(text)


def _proven_anew(text: str) -> None:
    """With a statement that PostgreSQL has not planned before."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return _proven(text)
    connection.connection.prepare_threshold = None
    _proven(text)
    connection.connection.prepare_threshold = 0
    return None


def _select_1(text: str) -> None:
    """A statement that asks for nothing, on the same connection: what no check can be faster than."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchall()


def _p99(times: list[float]) -> float:
    return sorted(times)[int(0.99 * len(times))]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.keys", description=__doc__)
    parser.add_argument("--database", default="", help="the URL of an empty PostgreSQL database")
    parser.add_argument("--rounds", type=int, default=5000)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        inside(given.rounds)
    else:
        main(given.database, given.rounds)
