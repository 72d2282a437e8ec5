"""Requests with an Idempotency-Key over HTTP, and what the tables say of them."""

import sqlite3
import uuid
from typing import Any

import requests

from tests.skuapi.edge import Edge


def ask(edge: Edge, name: str, key: str = "alpha", headers: dict[str, str] | None = None, **changes: Any) -> Any:
    return edge.predict(key, {"Idempotency-Key": name, **(headers or {})}, **changes)


def new() -> str:
    return uuid.uuid4().hex


def twice(edge: Edge, key: str = "alpha", **changes: Any) -> tuple[requests.Response, requests.Response]:
    name = new()
    return ask(edge, name, key, **changes), ask(edge, name, key, **changes)


def rows(edge: Edge, query: str, *parameters: Any) -> list[Any]:
    with sqlite3.connect(edge.site.folder / "db.sqlite3") as database:
        return database.execute(query, parameters).fetchall()
