"""manage.py prune_audit_trail: deletes what is older than AUDIT_TRAIL_DAYS."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from staff.audit import prune


class Command(BaseCommand):
    help = "Deletes entries of the audit trail that are older than AUDIT_TRAIL_DAYS; writing it does so now and then."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        gone = prune()
        self.stdout.write(json.dumps({"deleted": gone}) if options["json"] else f"{gone} entries were deleted.")
