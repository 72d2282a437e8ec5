"""What the tables say, read past the code that writes them."""

import json
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import psycopg
from psycopg import sql

_ACCOUNT = """
    SELECT used, in_flight, extra + monthly_quota, by_key,
        (SELECT COUNT(*) FROM tenants_reservation WHERE month_id = tenants_usagemonth.id)
    FROM tenants_usagemonth JOIN tenants_tenant ON tenants_tenant.id = tenant_id
"""
_HELD = "SELECT id FROM tenants_reservation WHERE created_at <= "
_RAISE = """
    UPDATE tenants_tenant SET monthly_quota = {greatest}(monthly_quota,
        (SELECT used + in_flight - extra FROM tenants_usagemonth WHERE tenant_id = tenants_tenant.id) + {room})
"""


@dataclass(frozen=True)
class Account:
    """The one month of the one tenant. rows: reservations; by_key: the sum over keys."""

    used: int
    in_flight: int
    limit: int
    by_key: int
    rows: int

    @property
    def agrees(self) -> bool:
        return self.in_flight == self.rows and self.by_key == self.used + self.in_flight

    @property
    def is_overrun(self) -> bool:
        return self.used + self.in_flight > self.limit


class Books:
    """One connection, used by one thread at a time; every look is one statement, so one state."""

    def __init__(self, folder: Path, url: str | None) -> None:
        self._is_sqlite = url is None
        self._lock = Lock()
        path = folder / "db.sqlite3"
        self._connection: Any = (
            psycopg.connect(url, autocommit=True)
            if url
            else sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        )

    def close(self) -> None:
        self._connection.close()

    def account(self) -> Account:
        used, in_flight, limit, by_key, rows = self._rows(_ACCOUNT)[0]
        taken = json.loads(by_key) if isinstance(by_key, str) else by_key
        return Account(used, in_flight, limit, sum(taken.values()), rows)

    def held_since(self, moment: datetime) -> set[int]:
        """Reservations that were there at that moment and still are: their primary keys."""
        text = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        return {pk for (pk,) in self._rows(_HELD + (f"'{text}'" if self._is_sqlite else f"'{text}+00'"))}

    def leave(self, room: int) -> None:
        """Raises the quota until so many units are free."""
        greatest = "MAX" if self._is_sqlite else "GREATEST"
        with self._lock:
            self._connection.execute(_RAISE.format(greatest=greatest, room=room))

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self._lock:
            return list(self._connection.execute(statement).fetchall())


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """A fresh database on this PostgreSQL server, whose URL names none; dropped afterwards."""
    name = f"kills_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{server}/{name}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
