"""Commands about one key, named by the id inside it."""

from abc import abstractmethod
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser

from tenants.management.answering import AnsweringCommand
from tenants.models import ApiKey

FINAL = "This key is revoked, which is final. Issue a new one."


class KeyCommand(AnsweringCommand):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("key_id", help="the id inside the key: sku_live_<id>_…")

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        key = ApiKey.objects.select_related("tenant").filter(key_id=options["key_id"]).first()
        if key is None:
            raise CommandError(f"No key has the id {options['key_id']}. It is part of the key: sku_live_<id>_…")
        return {"id": key.key_id, "tenant": key.tenant.slug, **self.act(key, options)}

    @abstractmethod
    def act(self, key: ApiKey, options: dict[str, Any]) -> dict[str, Any]:
        """What has become of it."""


def moment(text: str) -> datetime:
    """For arguments: a time in ISO 8601, UTC unless it says otherwise."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
