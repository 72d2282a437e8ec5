"""Short transactions that write."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.db import connection, transaction

# SQLite has one writer at a time, and those who find it busy sleep: up to 100 ms where the write takes one.
_turn = threading.Lock()


@contextmanager
def writing() -> Iterator[None]:
    """A transaction; threads that write to SQLite take turns. Inside another transaction there is nothing to wait for:
    SQLite's turn is taken already."""
    waits = connection.vendor == "sqlite" and not connection.in_atomic_block
    with _turn if waits else nullcontext(), transaction.atomic():
        yield
