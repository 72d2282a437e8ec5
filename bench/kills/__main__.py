"""`python -m bench.kills`: kills serving processes under load, and asks whether every unit was billed rightly.

Prints Markdown, progress on stderr; exits with 1 when anything was not right.
"""

import argparse
import signal
import sys

from bench.kills.load import Killed, killed
from bench.kills.retries import Retried, retried
from bench.kills.victim import REAL, SQLITE, STUB, victim
from bench.report import markdown

LEASE, RETRY_LEASE, REAL_LEASE = 3.0, 1.0, 75.0
"""Seconds: above the longest request, but for retries, which may take over from one that is still at it."""
QUOTA = 100
KILLS = (
    *("engine", "database", "kills", "amid a request", "2xx delivered", "used", "billed, not delivered"),
    *("429 met", "overruns", "rows and counters differ", "leaked", "not granted", "seconds"),
)
RETRIES = (
    *("database", "faults, each retried", "while sending", "waiting", "reading", "by a kill", "kills"),
    *("keys answered", "used", "billed twice", "answers that differ", "leaked", "seconds"),
)


def main() -> int:
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # servers and databases are taken down on the way out
    kills: list[tuple[str, str, Killed]] = []
    retries: list[tuple[str, Retried]] = []
    for database in options.database:
        name = "SQLite" if database == SQLITE else "PostgreSQL"
        if options.kills:
            with victim(database, QUOTA, LEASE, STUB) as prey:
                kills.append(("stub", name, killed(prey, options.kills)))
        if options.retries:
            with victim(database, QUOTA, RETRY_LEASE, STUB) as prey:
                retries.append((name, retried(prey, options.retries)))
        if options.real:
            with victim(database, QUOTA, REAL_LEASE, REAL) as prey:
                kills.append(("demo", name, killed(prey, options.real, first_wait=120)))
    if kills:
        print(markdown(KILLS, [_killed(*row) for row in kills]), end="\n\n")
    if retries:
        print(markdown(RETRIES, [_retried(*row) for row in retries]))
    right = [row.is_right for *_, row in kills] + [row.is_right for _, row in retries]
    return 0 if all(right) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=2000, help="of workers with a stub engine")
    parser.add_argument("--real", type=int, default=50, help="of workers with the demo's networks")
    parser.add_argument("--retries", type=int, default=10_000, help="that follow a fault")
    parser.add_argument(
        "--database", nargs="+", default=[SQLITE], metavar="URL",
        help="sqlite, and servers as postgresql://user@host:port, on which a database is made and dropped",
    )  # fmt: skip
    return parser


def _killed(engine: str, database: str, row: Killed) -> tuple[str, ...]:
    numbers = (
        *(row.kills, row.amid, row.delivered, row.used, row.billed_and_not_delivered),
        *(row.refused, row.overruns, row.disagreements, row.leaked, row.ungranted),
    )
    return (engine, database, *(f"{number:,}" for number in numbers), f"{row.seconds:.0f}")


def _retried(database: str, row: Retried) -> tuple[str, ...]:
    faults = (row.by_kind.get(kind, 0) for kind in ("sending", "waiting", "reading", "killed"))
    numbers = (row.faults, *faults, row.kills, row.names, row.used, row.billed_twice, row.unlike, row.leaked)
    return (database, *(f"{number:,}" for number in numbers), f"{row.seconds:.0f}")


if __name__ == "__main__":
    sys.exit(main())
