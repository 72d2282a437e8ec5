"""manage.py reset_two_factor USER: for a member of staff who has lost the phone and the backup codes."""

import json
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from staff.audit import note
from staff.models import reset


class Command(BaseCommand):
    help = "Takes a member of staff's authenticator app and backup codes away: the next log-in sets up new ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="user name")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    @transaction.atomic
    def handle(self, *args: Any, user: str, **options: Any) -> None:
        person = get_user_model().objects.filter(username=user).first()
        if person is None:
            raise CommandError(f"There is no user {user}. Admin lists them, under Users.")
        devices = reset(person)
        note(person, "Second factor reset.")
        told = f"{user} sets up a new second factor at the next log-in."
        self.stdout.write(json.dumps({"user": user, "devices": devices}) if options["json"] else told)
