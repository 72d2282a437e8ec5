"""Resumes a key."""

from typing import Any

from django.core.management.base import CommandError

from tenants.management.key_command import FINAL, KeyCommand
from tenants.models import ApiKey


class Command(KeyCommand):
    help = "Resumes an API key: its requests are accepted again."

    def act(self, key: ApiKey, options: dict[str, Any]) -> dict[str, Any]:
        if not key.resume():
            raise CommandError(FINAL)
        return {"state": ApiKey.State.ACTIVE.value}
