"""manage.py unlock_staff USER: whoever was locked out may try again at once."""

import json
from argparse import ArgumentParser
from typing import Any

from axes.models import AccessAttempt
from django.core.management.base import BaseCommand

from staff.lockout import failures_that_lock, forget, locked_addresses


class Command(BaseCommand):
    help = "Forgets the failed log-ins of a user, an address, or all: whoever was locked out may try again at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", nargs="?", help="user name; everybody, and every address, unless given")
        parser.add_argument("--address", help="of whom too many names have failed; of IPv6 the first of its /64")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, user: str | None = None, address: str | None = None, **options: Any) -> None:
        failures, locked = forget(_chosen(user, address)), sorted(locked_addresses())
        told = f"{failures} failed log-ins are forgotten."
        if locked:
            told += f" Locked for every name: {', '.join(locked)}. `unlock_staff --address ADDRESS` lifts that."
        answer = {"user": user, "failures": failures, "locked_addresses": locked}
        self.stdout.write(json.dumps(answer) if options["json"] else told)


def _chosen(user: str | None, address: str | None) -> Any:
    """Those of the user, those of the address, or of both; all where neither is named."""
    if user is None and address is None:
        return AccessAttempt.objects.all()
    of_address = AccessAttempt.objects.filter(ip_address=address) if address else AccessAttempt.objects.none()
    return of_address if user is None else of_address | failures_that_lock(user)
