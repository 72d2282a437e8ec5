"""Revokes a key for good."""

from typing import Any

from tenants.management.key_command import KeyCommand
from tenants.models import ApiKey


class Command(KeyCommand):
    help = "Revokes an API key for good: its next request is answered with 403."

    def act(self, key: ApiKey, options: dict[str, Any]) -> dict[str, Any]:
        key.revoke()
        return {"state": ApiKey.State.REVOKED.value}
