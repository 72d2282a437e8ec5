"""manage.py unlock_staff USER: whoever was locked out may try again at once."""

import json
from argparse import ArgumentParser
from typing import Any

from axes.models import AccessAttempt
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Forgets the failed log-ins of a user name, or all of them: whoever was locked out may try again at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", nargs="?", help="user name; everybody, and every address, unless given")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, user: str | None = None, **options: Any) -> None:
        attempts = AccessAttempt.objects.all() if user is None else AccessAttempt.objects.filter(username=user)
        failures = sum(attempts.values_list("failures_since_start", flat=True))
        attempts.delete()
        told = f"{failures} failed log-ins are forgotten."
        self.stdout.write(json.dumps({"user": user, "failures": failures}) if options["json"] else told)
