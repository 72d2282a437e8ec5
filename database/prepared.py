"""Queries that the ORM writes once: it takes several times as long over a statement as the database over its answer.

PostgreSQL plans them once for each connection, too: to plan takes it several times as long as to answer. Django's own
cursor puts values into the text of a statement, of which no two are then alike; here they are sent beside it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet

Converters = Mapping[int, tuple[list[Callable[..., Any]], Any]]


@dataclass(frozen=True)
class _Statement:
    """binds: what stands at each placeholder, the name of a value or the constant itself."""

    sql: str
    binds: tuple[tuple[str | None, Any], ...]
    converters: Converters

    def bound(self, values: Mapping[str, Any]) -> list[Any]:
        return [constant if name is None else values[name] for name, constant in self.binds]


class Prepared:
    """A query of plain values with places for others; what is written for the first run serves all that follow.

    write: makes the query, a `values_list`, from one stand-in for every name. The stand-ins have the types of the
    values, and are found again among the parameters: nothing else in the query may be equal to one.
    """

    def __init__(self, write: Callable[..., "QuerySet[Any, Any]"], **stand_ins: Any) -> None:
        self._write = write
        self._names = {value: name for name, value in stand_ins.items()}

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """values: by the names of the stand-ins, as the database takes them."""
        statement = self._statement
        with _cursor() as cursor:
            cursor.execute(statement.sql, statement.bound(values))
            rows = cursor.fetchall()
        return [tuple(_converted(row, statement.converters)) for row in rows]

    @cached_property
    def _statement(self) -> _Statement:
        query = self._write(**{name: value for value, name in self._names.items()}).query
        compiler = query.get_compiler(connection.alias)
        sql, parameters = compiler.as_sql()
        binds = tuple((self._names.get(parameter), parameter) for parameter in parameters)
        missing = set(self._names.values()) - {name for name, _ in binds}
        assert not missing, f"the query binds no {missing}"
        return _Statement(sql, binds, compiler.get_converters(expression for expression, *_ in compiler.select))


def _cursor() -> Any:
    """Django's wrapper, which counts queries and translates errors, around a cursor that prepares what it runs."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    import psycopg  # where there is no PostgreSQL, its driver need not be there

    connection.ensure_connection()
    wrap: Any = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    return wrap(psycopg.Cursor(connection.connection))


def _converted(row: tuple[Any, ...], converters: Converters) -> Iterator[Any]:
    """As the compiler does it, with the connection of this thread."""
    for position, value in enumerate(row):
        functions, expression = converters.get(position, ((), None))
        for function in functions:
            value = function(value, expression, connection)
        yield value
