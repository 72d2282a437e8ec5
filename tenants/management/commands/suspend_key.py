"""Suspends a key."""

from typing import Any

from django.core.management.base import CommandError

from tenants.management.key_command import FINAL, KeyCommand
from tenants.models import ApiKey


class Command(KeyCommand):
    help = "Suspends an API key: its next request is answered with 403, until it is resumed."

    def act(self, key: ApiKey, options: dict[str, Any]) -> dict[str, Any]:
        if not key.suspend():
            raise CommandError(FINAL)
        return {"state": ApiKey.State.SUSPENDED.value}
