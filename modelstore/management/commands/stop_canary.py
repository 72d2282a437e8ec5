"""manage.py stop_canary CATEGORY/BRAND [--reason TEXT] [--json]"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from modelstore.canaries import stop
from modelstore.errors import PublishRefused
from modelstore.models import ModelLine


class Command(BaseCommand):
    help = "Stop the canary of a line. What it has seen stays on the line's page in admin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("line", help="CATEGORY/BRAND")
        parser.add_argument("--reason", default="", metavar="TEXT", help="why, for the audit trail")
        parser.add_argument("--json", action="store_true", help="print one line of JSON, the last on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            canary = stop(ModelLine.called(options["line"]), reason=options["reason"])
        except (ModelLine.DoesNotExist, PublishRefused) as error:
            raise CommandError(str(error)) from error
        photos = canary.comparisons.count()
        answer = {"canary": str(canary.candidate), "beside": str(canary.active), "compared": photos}
        told = f"{canary.candidate} is a canary no more; it was compared with {canary.active} on {photos} photos."
        self.stdout.write(json.dumps(answer) if options["json"] else told)
