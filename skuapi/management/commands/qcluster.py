"""manage.py qcluster: django-q2's own, with a database connection for each of its processes."""

from typing import Any

from django.db import connections
from django_q.management.commands import qcluster

KEPT_SECONDS = 600


class Command(qcluster.Command):  # type: ignore[misc]
    help = "Run the worker, which adds SKUs and refits brands, until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        for connection in connections.all():
            _without_pool(connection.settings_dict)
        super().handle(*args, **options)


def _without_pool(settings: dict[str, Any]) -> None:
    """The queue's processes are forked from one that has asked the database already. The threads that keep a pool would
    stay behind there, and whoever needs a second connection would wait for them in vain."""
    if settings["OPTIONS"].pop("pool", None):
        settings["CONN_MAX_AGE"] = KEPT_SECONDS
