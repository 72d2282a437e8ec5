"""Threads that write to SQLite take turns instead of sleeping while it is locked."""

import threading
from typing import Any

import pytest
from django.db import connection, connections

from database.writing import writing
from tenants.models import Tenant

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL locks rows, not the database"),
]


def beside(work: Any) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_second_thread_does_not_even_begin_while_the_first_writes() -> None:
    begun = threading.Event()

    def second() -> None:
        with writing():
            begun.set()

    with writing():
        thread = beside(second)
        assert not begun.wait(0.2)
    thread.join(5)
    assert begun.is_set()


def test_inside_another_transaction_it_waits_for_nobody() -> None:
    """Whoever has begun to write already must not wait for a turn: its holder would wait for the database."""
    done = threading.Event()

    def nested() -> None:
        with writing(), writing():
            Tenant.objects.create(name="Acme")
        done.set()

    beside(nested).join(5)
    assert done.is_set()


def test_a_failure_passes_the_turn_on() -> None:
    def fail() -> None:
        with writing():
            Tenant.objects.create(name="Acme")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    done = threading.Event()

    def second() -> None:
        with writing():
            done.set()

    beside(second).join(5)
    assert done.is_set()
    assert not Tenant.objects.exists()
