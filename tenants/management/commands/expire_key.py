"""Sets when a key expires."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from tenants.management.key_command import KeyCommand, moment
from tenants.models import ApiKey


class Command(KeyCommand):
    help = "Lets an API key expire, now or at a given time; from then on it is answered with 403."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--at", type=moment, help="2026-12-31T18:00, UTC unless it has an offset; now unless given")

    def act(self, key: ApiKey, options: dict[str, Any]) -> dict[str, Any]:
        key.expires_at = options["at"] or timezone.now()
        key.save(update_fields=["expires_at"])
        return {"expires_at": key.expires_at.isoformat()}
