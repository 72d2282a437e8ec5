"""manage.py unlock_staff USER: whoever was locked out may try again at once."""

import json
from argparse import ArgumentParser
from typing import Any

from axes.models import AccessAttempt
from django.core.management.base import BaseCommand

from staff.lockout import failures_that_lock, forget, locked_addresses


class Command(BaseCommand):
    help = "Forgets the failed log-ins of a user name, of an address, or all: whoever was locked out may try again at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", nargs="?", help="user name; everybody, and every address, unless given")
        parser.add_argument("--address", help="of whom too many names have failed; of IPv6 the first of its /64")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, user: str | None = None, address: str | None = None, **options: Any) -> None:
        attempts = AccessAttempt.objects.all() if user is None else failures_that_lock(user)
        if address is not None:
            attempts = AccessAttempt.objects.filter(ip_address=address) | attempts.filter(username=user)
        failures, locked = forget(attempts), sorted(locked_addresses())
        told = f"{failures} failed log-ins are forgotten."
        if locked:
            told += f" Locked for every name: {', '.join(locked)}. `unlock_staff --address ADDRESS` lifts that."
        answer = {"user": user, "failures": failures, "locked_addresses": locked}
        self.stdout.write(json.dumps(answer) if options["json"] else told)
