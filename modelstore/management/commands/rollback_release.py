"""manage.py rollback_release CATEGORY/BRAND [--reason TEXT] [--json]"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from modelstore.errors import PublishRefused
from modelstore.models import ModelLine
from modelstore.proving import prove
from modelstore.publishing import roll_back


class Command(BaseCommand):
    help = "Let the release that was active before answer again, from the next request on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("line", help="CATEGORY/BRAND")
        parser.add_argument("--reason", default="", metavar="TEXT", help="why, for the audit trail")
        parser.add_argument("--json", action="store_true", help="print one line of JSON, the last on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            release = roll_back(ModelLine.called(options["line"]), prove, reason=options["reason"])
        except (ModelLine.DoesNotExist, PublishRefused) as error:
            raise CommandError(str(error)) from error
        answer = {"release": str(release), "status": release.status}
        self.stdout.write(json.dumps(answer) if options["json"] else f"{release} is {release.status}.")
