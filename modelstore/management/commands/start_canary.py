"""manage.py start_canary CATEGORY/BRAND@VERSION --share PER_CENT [--reason TEXT] [--json]"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from modelstore.canaries import start
from modelstore.errors import PublishRefused
from modelstore.models import Release
from modelstore.proving import prove


class Command(BaseCommand):
    help = (
        "Let a published or retired release read a share of the photos that the active one has answered, once it "
        "proves sound. It answers nobody; the line's page in admin shows how the two differ."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("release", help="CATEGORY/BRAND@VERSION, the candidate")
        parser.add_argument("--share", type=int, required=True, metavar="PER_CENT", help="of the requests, 0 to 100")
        parser.add_argument("--reason", default="", metavar="TEXT", help="why, for the audit trail")
        parser.add_argument("--json", action="store_true", help="print one line of JSON, the last on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            candidate = Release.called(options["release"])
            canary = start(candidate, options["share"], prove, reason=options["reason"])
        except Release.DoesNotExist as error:
            raise CommandError(f"There is no release {options['release']}. See manage.py list_releases.") from error
        except PublishRefused as error:
            raise CommandError(str(error)) from error
        answer = {"canary": str(canary.candidate), "beside": str(canary.active), "share": canary.share}
        self.stdout.write(json.dumps(answer) if options["json"] else f"{canary}.")
