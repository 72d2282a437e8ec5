"""Rotates a key. The text of the new one is printed now and can never be shown again."""

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandParser

from tenants.management.key_command import KeyCommand
from tenants.models import ApiKey
from tenants.rotation import GRACE, rotate


class Command(KeyCommand):
    help = "Puts a new API key in the place of one, and prints it, this once. The old one works through its grace."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--grace-days", type=float, default=GRACE.days, help="for the old key; 0 ends it now")

    def act(self, key: ApiKey, options: dict[str, Any]) -> dict[str, Any]:
        new, text = rotate(key, timedelta(days=max(0.0, options["grace_days"])))
        key.refresh_from_db()
        assert key.expires_at is not None, "a key that was rotated ends"
        return {"key": text, "id": new.key_id, "replaces": key.key_id, "old_key_until": key.expires_at.isoformat()}
