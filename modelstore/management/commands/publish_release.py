"""manage.py publish_release FOLDER [--activate] [--json]"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from modelstore.errors import PublishRefused
from modelstore.proving import prove
from modelstore.publishing import activate, publish


class Command(BaseCommand):
    help = "Publish a bundle folder (manifest.json and its files) as the next version of its category and brand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--activate", action="store_true", help="let it answer from the next request on")
        parser.add_argument("--json", action="store_true", help="print one line of JSON, the last on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            release = publish(options["folder"])
            if options["activate"]:
                activate(release, prove)
        except PublishRefused as error:
            raise CommandError(str(error)) from error
        answer = {"release": str(release), "status": release.status, "digest": release.digest}
        self.stdout.write(json.dumps(answer) if options["json"] else f"{release} is {release.status}.")
