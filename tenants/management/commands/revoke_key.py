"""Revokes a key for good."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tenants.management.answering import AnsweringCommand
from tenants.models import ApiKey


class Command(AnsweringCommand):
    help = "Revokes an API key for good: its next request is answered with 403."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("key_id", help="the id inside the key: sku_live_<id>_…")

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        key = ApiKey.objects.select_related("tenant").filter(key_id=options["key_id"]).first()
        if key is None:
            raise CommandError(f"No key has the id {options['key_id']}. It is part of the key: sku_live_<id>_…")
        key.revoke()
        return {"id": key.key_id, "tenant": key.tenant.slug, "state": ApiKey.State.REVOKED.value}
